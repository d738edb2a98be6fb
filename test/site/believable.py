"""A network that could be one: sections in towns of their countries, and activities such as
students hold, with the causes, types and objectives that the sites have. Only the made-up
network's demo uses it. No person is named. What is odd about the network of the tests stays in a
corner: one section in ten, and its activities."""

import datetime
import unicodedata

# Towns with universities: name, degrees north and east.
CITIES = {
    "al": [("Tirana", 41.33, 19.82), ("Shkodër", 42.07, 19.51)],
    "at": [("Graz", 47.07, 15.44), ("Innsbruck", 47.27, 11.40), ("Linz", 48.31, 14.29),
           ("Salzburg", 47.80, 13.05), ("Wien", 48.21, 16.37)],
    "az": [("Baku", 40.41, 49.87)],
    "ba": [("Sarajevo", 43.86, 18.41), ("Mostar", 43.34, 17.81)],
    "be": [("Antwerpen", 51.22, 4.40), ("Bruxelles", 50.85, 4.35), ("Gent", 51.05, 3.72),
           ("Leuven", 50.88, 4.70), ("Liège", 50.63, 5.57)],
    "bg": [("Plovdiv", 42.14, 24.75), ("Sofia", 42.70, 23.32), ("Varna", 43.21, 27.91)],
    "by": [("Minsk", 53.90, 27.57)],
    "ch": [("Basel", 47.56, 7.59), ("Bern", 46.95, 7.45), ("Lausanne", 46.52, 6.63),
           ("Zürich", 47.37, 8.54)],
    "cy": [("Nicosia", 35.17, 33.36), ("Limassol", 34.68, 33.04)],
    "cz": [("Brno", 49.20, 16.61), ("Olomouc", 49.59, 17.25), ("Ostrava", 49.82, 18.26),
           ("Plzeň", 49.75, 13.38), ("Praha", 50.08, 14.44)],
    "de": [("Aachen", 50.78, 6.08), ("Berlin", 52.52, 13.40), ("Dresden", 51.05, 13.74),
           ("Göttingen", 51.53, 9.93), ("Hamburg", 53.55, 9.99), ("Köln", 50.94, 6.96),
           ("Leipzig", 51.34, 12.37), ("Mainz", 50.00, 8.27), ("Tübingen", 48.52, 9.06)],
    "dk": [("Aalborg", 57.05, 9.92), ("Aarhus", 56.16, 10.20), ("Odense", 55.40, 10.40)],
    "ee": [("Tallinn", 59.44, 24.75), ("Tartu", 58.38, 26.73)],
    "es": [("Barcelona", 41.39, 2.17), ("Bilbao", 43.26, -2.93), ("Granada", 37.18, -3.60),
           ("Las Palmas", 28.12, -15.44), ("Madrid", 40.42, -3.70), ("Málaga", 36.72, -4.42),
           ("Salamanca", 40.97, -5.66), ("Sevilla", 37.39, -5.98), ("València", 39.47, -0.38)],
    "fi": [("Helsinki", 60.17, 24.94), ("Jyväskylä", 62.24, 25.75), ("Oulu", 65.01, 25.47),
           ("Turku", 60.45, 22.27), ("Vaasa", 63.10, 21.62)],
    "fr": [("Besançon", 47.24, 6.02), ("Bordeaux", 44.84, -0.58), ("Lille", 50.63, 3.06),
           ("Lyon", 45.76, 4.84), ("Nantes", 47.22, -1.55), ("Orléans", 47.90, 1.90),
           ("Paris", 48.86, 2.35), ("Strasbourg", 48.58, 7.75), ("Toulouse", 43.60, 1.44)],
    "gb": [("Dundee", 56.46, -2.97), ("Edinburgh", 55.95, -3.19), ("Leeds", 53.80, -1.55),
           ("Swansea", 51.62, -3.94)],
    "ge": [("Tbilisi", 41.72, 44.78), ("Kutaisi", 42.27, 42.70)],
    "gr": [("Athens", 37.98, 23.73), ("Chania", 35.51, 24.02), ("Patras", 38.25, 21.73),
           ("Thessaloniki", 40.64, 22.94)],
    "hr": [("Rijeka", 45.33, 14.44), ("Split", 43.51, 16.44), ("Zagreb", 45.81, 15.98)],
    "hu": [("Budapest", 47.50, 19.04), ("Győr", 47.68, 17.64), ("Pécs", 46.07, 18.23),
           ("Szeged", 46.25, 20.15)],
    "ie": [("Dublin", 53.35, -6.26), ("Galway", 53.27, -9.05)],
    "is": [("Reykjavík", 64.15, -21.94)],
    "it": [("Bologna", 44.49, 11.34), ("Catania", 37.50, 15.09), ("Firenze", 43.77, 11.26),
           ("Milano", 45.46, 9.19), ("Napoli", 40.85, 14.27), ("Padova", 45.41, 11.88),
           ("Roma", 41.90, 12.50), ("Torino", 45.07, 7.69), ("Trento", 46.07, 11.12)],
    "jo": [("Amman", 31.95, 35.93)],
    "kz": [("Almaty", 43.24, 76.89)],
    "lt": [("Kaunas", 54.90, 23.89), ("Klaipėda", 55.70, 21.14), ("Vilnius", 54.69, 25.28)],
    "lu": [("Luxembourg", 49.61, 6.13)],
    "lv": [("Rīga", 56.95, 24.11)],
    "md": [("Chișinău", 47.01, 28.86)],
    "me": [("Podgorica", 42.44, 19.26)],
    "mk": [("Bitola", 41.03, 21.33), ("Skopje", 42.00, 21.43)],
    "mt": [("Msida", 35.90, 14.49)],
    "nl": [("Amsterdam", 52.37, 4.90), ("Groningen", 53.22, 6.57), ("Maastricht", 50.85, 5.69),
           ("Utrecht", 52.09, 5.12)],
    "no": [("Bergen", 60.39, 5.32), ("Oslo", 59.91, 10.75), ("Tromsø", 69.65, 18.96)],
    "pl": [("Gdańsk", 54.35, 18.65), ("Katowice", 50.26, 19.02), ("Kraków", 50.06, 19.94),
           ("Łódź", 51.76, 19.46), ("Lublin", 51.25, 22.57), ("Poznań", 52.41, 16.93),
           ("Warszawa", 52.23, 21.01), ("Wrocław", 51.11, 17.04)],
    "pt": [("Aveiro", 40.64, -8.65), ("Coimbra", 40.21, -8.43), ("Évora", 38.57, -7.91),
           ("Lisboa", 38.72, -9.14), ("Porto", 41.15, -8.61)],
    "ro": [("Bucureşti", 44.43, 26.10), ("Cluj-Napoca", 46.77, 23.60), ("Iaşi", 47.16, 27.59),
           ("Piteşti", 44.86, 24.87), ("Timişoara", 45.75, 21.23)],
    "rs": [("Beograd", 44.79, 20.45), ("Niš", 43.32, 21.90), ("Novi Sad", 45.26, 19.83)],
    "ru": [("Kazan", 55.80, 49.11)],
    "se": [("Göteborg", 57.71, 11.97), ("Lund", 55.70, 13.19), ("Umeå", 63.83, 20.26),
           ("Uppsala", 59.86, 17.64)],
    "si": [("Ljubljana", 46.06, 14.51), ("Maribor", 46.55, 15.65)],
    "sk": [("Bratislava", 48.15, 17.11), ("Košice", 48.72, 21.26), ("Žilina", 49.22, 18.74)],
    "tr": [("Ankara", 39.93, 32.86), ("Antalya", 36.90, 30.70), ("Çanakkale", 40.15, 26.41),
           ("Eskişehir", 39.78, 30.52), ("İstanbul", 41.01, 28.98), ("İzmir", 38.42, 27.14),
           ("Muğla", 37.22, 28.36)],
    "ua": [("Kyiv", 50.45, 30.52), ("Lviv", 49.84, 24.03)],
}
PLAIN_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "ß": "ss", "ı": "i", "ș": "s"})

# The causes of the site.
CULTURE, YOUTH, PLANET = "Culture", "Education & Youth", "Environmental Sustainability"
HEALTH, SKILLS, INCLUSION = "Health & Well-being", "Skills & Employability", "Social Inclusion"

# Objectives of the site's list.
DIALOGUE, HERITAGE = "Foster Intercultural Dialogue", "Showcase Cultural Heritage"
MENTAL, PHYSICAL = "Mental Health & Well-Being", "Physical Health & Well-Being"
LANGUAGE, MOBILITY = "Support Language Learning", "Promotion of Participation in Student Mobility"
LOCAL, CITIZENS = ("Social and Cultural Integration in Local Community",
                   "Foster Active Citizenship & Volunteering")
GENDER, WASTE = "Gender Equality", "Reducing Waste and Promoting Recycling"

# Title, type, causes, goals, objectives, usual participants, what happens. {} is the town.
KINDS = [
    ("Welcome Week", "Social event", [INCLUSION], [10], [LOCAL, MOBILITY], 180,
     "A week of games, city walks and dinners for everybody who has just arrived in {}."),
    ("City Tour of {}", "Trip", [CULTURE], [11], [HERITAGE, LOCAL], 60,
     "A walk through {} with stops at the places that locals like most."),
    ("Tandem Night", "Language exchange", [YOUTH, CULTURE], [4], [LANGUAGE, DIALOGUE], 55,
     "Local and international students meet in pairs and teach each other their languages."),
    ("Language Café", "Language exchange", [YOUTH], [4], [LANGUAGE], 40,
     "Coffee, cake and a table for every language that somebody in {} speaks."),
    ("International Dinner", "Social event", [CULTURE], [10], [DIALOGUE, HERITAGE], 90,
     "Everybody cooks a dish from home; we bring the tables and the music."),
    ("Flag Parade", "Social event", [CULTURE, INCLUSION], [10, 16], [DIALOGUE], 150,
     "Students walk through {} with the flags of their countries."),
    ("Pub Quiz", "Party", [CULTURE], [], [LOCAL], 70,
     "Six rounds of questions about Europe, music and {}. The winners choose the next topic."),
    ("Karaoke Night", "Party", [CULTURE], [], [], 80,
     "A stage, a microphone and songs in twenty languages."),
    ("Semester Opening Party", "Party", [INCLUSION], [], [LOCAL], 260,
     "The first party of the semester, with music from all the countries of our guests."),
    ("Movie Night", "Cinema & theatre", [CULTURE], [5], [GENDER, DIALOGUE], 45,
     "A film about equality, with subtitles in English, and a talk after it."),
    ("Theatre Visit", "Cinema & theatre", [CULTURE], [11], [HERITAGE], 35,
     "An evening at the theatre of {}; an introduction helps who does not speak the language."),
    ("Museum Sunday", "Cinema & theatre", [CULTURE], [4, 11], [HERITAGE], 30,
     "A guided visit to the town's museum, free for students."),
    ("Hiking Day", "Sports", [HEALTH, PLANET], [3, 15], [PHYSICAL], 45,
     "A day in the hills near {}, with a picnic on the way."),
    ("Football Tournament", "Sports", [HEALTH], [3], [PHYSICAL], 85,
     "Mixed teams of five play for the cup of the section."),
    ("Yoga in the Park", "Sports", [HEALTH], [3], [MENTAL, PHYSICAL], 25,
     "An hour of yoga before the exams, for beginners as well."),
    ("Charity Run", "Sports", [HEALTH, INCLUSION], [1, 3], [PHYSICAL, CITIZENS], 130,
     "Five kilometres through {}; each kilometre brings a donation for the children's hospital."),
    ("Blood Donation Day", "Volunteering", [HEALTH], [3], [CITIZENS], 40,
     "We go together to the blood bank of {}, and translate for who needs it."),
    ("Beach and River Clean-up", "Volunteering", [PLANET], [12, 14], [WASTE, CITIZENS], 50,
     "Gloves, bags and two hours: we collect what others have left at the water."),
    ("Tree Planting", "Volunteering", [PLANET], [13, 15], [WASTE, CITIZENS], 65,
     "With the foresters of {} we plant young trees where the storm has left none."),
    ("Clothes Swap", "Volunteering", [PLANET], [12], [WASTE], 75,
     "Bring what you no longer wear and take what you like: nothing is thrown away."),
    ("Erasmus in Schools", "Volunteering", [YOUTH, SKILLS], [4], [CITIZENS, MOBILITY], 35,
     "International students visit a school in {} and tell classes about their countries."),
    ("Visit to the Animal Shelter", "Volunteering", [INCLUSION], [15], [CITIZENS], 20,
     "We walk the dogs of the shelter, and help with what there is to do."),
    ("Food Bank Day", "Volunteering", [INCLUSION], [1, 2], [CITIZENS], 30,
     "An afternoon of sorting and packing food for families in {}."),
    ("CV Workshop", "Workshop", [SKILLS], [8], [MOBILITY], 30,
     "How a semester abroad looks in a CV: examples, and time to write your own."),
    ("Career Evening", "Workshop", [SKILLS], [8, 9], [MOBILITY], 55,
     "Companies of the region tell what they look for, and answer questions."),
    ("Mental Health Workshop", "Workshop", [HEALTH], [3], [MENTAL], 25,
     "What to do about homesickness and stress, with the counselling service of the university."),
    ("Study Abroad Fair", "Workshop", [YOUTH, SKILLS], [4], [MOBILITY], 110,
     "Those who were abroad tell those who want to go how it was, country by country."),
    ("Weekend Trip to the Mountains", "Trip", [CULTURE, HEALTH], [], [PHYSICAL], 48,
     "Two days in a hut: hiking, cooking together, and games in the evening."),
    ("Day Trip to the Capital", "Trip", [CULTURE], [11], [HERITAGE], 52,
     "By train to the capital, with a guided walk and free time in the afternoon."),
    ("Cooking Class", "Workshop", [CULTURE, HEALTH], [2, 3], [HERITAGE], 28,
     "We learn the dishes of the region from people who have cooked them all their lives."),
]
TYPES = {kind for _, kind, *_ in KINDS} | {None}
GOALS = ["Help students to feel at home in {}", "Bring local and international students together",
         "Give something back to the people of {}"]
OUTCOMES = ["Students met people whom they would not have met otherwise.",
            "More took part than we had expected, and many asked for the next date.",
            "Several participants joined the section afterwards."]
# How many activities begin in a month, by its place in the semester.
SEASON = [5, 7, 9, 9, 8, 5, 2, 2, 9, 12, 10, 6]
ODD_EVERY = 10


def plain(name):
    """As pathauto writes it."""
    name = unicodedata.normalize("NFD", name.translate(PLAIN_LETTERS))
    return "".join(c for c in name if c.isascii()).lower().replace(" ", "-")


def is_odd(number):
    """Whether the section of this number is one of the odd ones."""
    return number % ODD_EVERY == ODD_EVERY - 1


def size(rng, is_section_odd):
    """How much a section does, beside others."""
    return 0.4 if is_section_odd else min(9, rng.paretovariate(1.2))


def name_sections(rng, names, countries):
    """(country, form, town) for each section, in the form that Network.make_sections() draws, and
    the place of each. Every country has one before any has two; then come all of Türkiye, about
    which docs/one-hour.md asks."""
    towns = {code: rng.sample(cities, len(cities)) for code, cities in CITIES.items()}
    queue = [(code, towns[code][n]) for n in range(max(map(len, towns.values())))
             for code, *_ in countries if n < len(towns.get(code, []))]
    queue.sort(key=lambda entry: (entry[1] != towns[entry[0]][0], entry[0] != "tr"))
    named, places = [], []
    for number, (form, town) in enumerate(names):
        if is_odd(number) or not queue:
            named.append((None, form, town))
            places.append(None)
            continue
        code, (city, north, east) = queue.pop(0)
        named.append((code, ("ESN {}", "esn-{}", "esn-{}"), (city, plain(city))))
        places.append((city, north, east))
    return named, places


def start(rng, today):
    """A day from January of three years ago up to four months ahead, by the semester's season."""
    first = datetime.date(today.year - 3, 1, 1)
    days = (today - first).days + 120
    while True:
        # More from year to year.
        day = first + datetime.timedelta(days=int(days * rng.random() ** 0.85))
        if rng.randrange(12) < SEASON[day.month - 1]:
            return day


def describe(rng, activity, town, country):
    """Makes an activity one that could be."""
    title, kind, causes, sdgs, objectives, usual, text = rng.choice(KINDS)
    a = activity
    a.title = title.format(town)
    if rng.random() < 0.25:
        a.title = f"{a.title} {a.start.year}" if a.start else a.title
    elif rng.random() < 0.15:
        a.title = f"{town}: {a.title}" if town not in a.title else a.title
    a.slug = f"{plain(a.title).replace(':', '')}-{a.number}"
    a.paragraphs = [text.format(town)]
    if rng.random() < 0.5:
        a.paragraphs.append(rng.choice(["Everybody is welcome, no experience is needed.",
                                        "Places are limited: register before you come.",
                                        "Bring good shoes and good mood."]))
    a.description = "\n".join(a.paragraphs)
    a.online = rng.random() < 0.06 and kind in ("Workshop", "Language exchange")
    a.city, a.country = (None, None) if a.online else (town, country)
    a.participants = max(4, round(usual * rng.lognormvariate(0, 0.45)))
    if rng.random() < 0.1 or a.start > datetime.date.today():
        a.participants = None
    a.participants_text = None if a.participants is None else f"{a.participants:,}"
    a.type, a.more_types = (kind if rng.random() < 0.97 else None), []
    a.causes = [c for c in causes if rng.random() < 0.9]
    a.sdgs = [n for n in sdgs if rng.random() < 0.8]
    a.objectives = [o for o in objectives if rng.random() < 0.7]
    a.goal = [rng.choice(GOALS).format(town)] if rng.random() < 0.7 else []
    past = a.start <= datetime.date.today()
    a.outcomes = rng.choice(OUTCOMES) if past and rng.random() < 0.35 else None
    a.project = a.unlinked = None
    if title == "Erasmus in Schools" and rng.random() < 0.5:
        a.project = ("socialerasmus", "SocialErasmus")
