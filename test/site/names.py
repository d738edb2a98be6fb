"""Names that the made-up network is built of: countries as both sites write them, towns with the
slug that a transliteration gives."""

# ISO code, name on accounts.esn.org, name on activities.esn.org
COUNTRIES = [
    ("al", "Albania", "Albania"), ("at", "Austria", "Austria"), ("az", "Azerbaijan", "Azerbaijan"),
    ("by", "Belarus", "Belarus"), ("be", "Belgium", "Belgium"),
    ("ba", "Bosnia and Herzegovina", "Bosnia and Herzegovina"), ("bg", "Bulgaria", "Bulgaria"),
    ("hr", "Croatia", "Croatia"), ("cy", "Cyprus", "Cyprus"), ("cz", "Czech Republic", "Czechia"),
    ("dk", "Denmark", "Denmark"), ("ee", "Estonia", "Estonia"), ("fi", "Finland", "Finland"),
    ("fr", "France", "France"), ("ge", "Georgia", "Georgia"), ("de", "Germany", "Germany"),
    ("gr", "Greece", "Greece"), ("hu", "Hungary", "Hungary"), ("is", "Iceland", "Iceland"),
    ("ie", "Ireland", "Ireland"), ("it", "Italy", "Italy"), ("jo", "Jordan", "Jordan"),
    ("kz", "Kazakhstan", "Kazakhstan"), ("lv", "Latvia", "Latvia"),
    ("li", "Liechtenstein", "Liechtenstein"), ("lt", "Lithuania", "Lithuania"),
    ("lu", "Luxembourg", "Luxembourg"), ("mt", "Malta", "Malta"), ("md", "Moldova", "Moldova"),
    ("me", "Montenegro", "Montenegro"), ("nl", "the Netherlands", "Netherlands"),
    ("mk", "North Macedonia", "North Macedonia"), ("no", "Norway", "Norway"),
    ("pl", "Poland", "Poland"), ("pt", "Portugal", "Portugal"), ("ro", "Romania", "Romania"),
    ("ru", "Russia", "Russia"), ("rs", "Serbia", "Serbia"), ("sk", "Slovakia", "Slovakia"),
    ("si", "Slovenia", "Slovenia"), ("es", "Spain", "Spain"), ("se", "Sweden", "Sweden"),
    ("ch", "Switzerland", "Switzerland"), ("tr", "Türkiye", "Turkey"),
    ("gb", "United Kingdom", "UK"), ("ua", "Ukraine", "Ukraine"),
]

# Where they are, in degrees; a town lies within one degree of that or, if the country has such
# towns, overseas.
PLACES = {
    "al": (41.2, 20), "at": (47.6, 14.5), "az": (40.3, 48.5), "by": (53.6, 27.9), "be": (50.7, 4.6),
    "ba": (44.2, 17.8), "bg": (42.7, 25.2), "hr": (45.6, 16.4), "cy": (35, 33.2),
    "cz": (49.8, 15.3), "dk": (56, 9.3), "ee": (58.7, 25.6), "fi": (62.6, 26), "fr": (46.6, 2.4),
    "ge": (42, 43.6), "de": (51, 10.2), "gr": (39.6, 22), "hu": (47.1, 19.4), "is": (64.8, -18.6),
    "ie": (53.2, -7.9), "it": (43.6, 12), "jo": (31.5, 36.3), "kz": (48, 68), "lv": (56.9, 25.5),
    "li": (47.1, 9.5), "lt": (55.3, 23.9), "lu": (49.7, 6.1), "mt": (35.9, 14.4),
    "md": (47.2, 28.5), "me": (42.8, 19.3), "nl": (52.2, 5.6), "mk": (41.6, 21.7), "no": (61, 9),
    "pl": (52, 19.3), "pt": (39.7, -8.1), "ro": (45.9, 25), "ru": (55.8, 38), "rs": (44.1, 20.8),
    "sk": (48.7, 19.5), "si": (46.1, 14.8), "es": (40.2, -3.6), "se": (60, 15.3), "ch": (46.8, 8.2),
    "tr": (39.2, 32.8), "gb": (53, -1.5), "ua": (49.2, 31),
}
OVERSEAS = {
    "fr": (-21.1, 55.5), "nl": (12.2, -69.0), "es": (28.3, -16.5), "pt": (37.8, -25.5),
    "gb": (-51.7, -57.9),
}

# Countries in which activities happen, but which have no section.
ELSEWHERE = ["Morocco", "Egypt", "Andorra", "Monaco"]

# Town, its slug by pathauto and, where that differs, by the other rule.
TOWNS = [
    ("Yıldız", "yildiz"), ("Üsküdar", "uskudar"), ("Çanakkale", "canakkale"),
    ("Eskişehir", "eskisehir"), ("Iğdır", "igdir"), ("Ağrı", "agri"), ("İzmir", "izmir"),
    ("Muğla", "mugla"), ("Łódź", "lodz"), ("Kraków", "krakow"), ("Gdańsk", "gdansk"),
    ("Poznań", "poznan"), ("Wrocław", "wroclaw"), ("Białystok", "bialystok"),
    ("Częstochowa", "czestochowa"), ("Zielona Góra", "zielona-gora"), ("Пловдив", "plovdiv"),
    ("Варна", "varna"), ("Ниш", "nis"), ("Битола", "bitola"), ("Одеса", "odesa"),
    ("Μυτιλήνη", "mytilene"), ("Πάτρα", "patra"), ("Βόλος", "bolos"), ("Χανιά", "chania"),
    ("Pölten", "polten"), ("Åbo", "abo"), ("Liège", "liege"), ("Piteşti", "pitesti"),
    ("Iași", "iasi"), ("Tromsø", "tromso"), ("Umeå", "umea"), ("Jyväskylä", "jyvaskyla"),
    ("Tübingen", "tubingen"), ("Göttingen", "gottingen"), ("Málaga", "malaga"),
    ("Coruña", "coruna"), ("Évora", "evora"), ("Besançon", "besancon"), ("Orléans", "orleans"),
    ("Forlì", "forli"), ("Győr", "gyor"), ("Szeged", "szeged"), ("Žilina", "zilina"),
    ("Košice", "kosice"), ("Brno", "brno"), ("Plzeň", "plzen"), ("Ústí", "usti"),
    ("Šiauliai", "siauliai"), ("Rīga", "riga"), ("Tartu", "tartu"), ("Reykjavík", "reykjavik"),
    ("Galway", "galway"), ("Dundee", "dundee"), ("Gießen", "giessen"), ("Zürich", "zurich"),
    ("Ljubljana", "ljubljana"), ("Rijeka", "rijeka"), ("Zadar", "zadar"), ("Novi Sad", "novi-sad"),
    ("Valletta", "valletta"), ("Nicosia", "nicosia"), ("Baku", "baku"), ("Tirana", "tirana"),
    ("Bologna", "bologna"), ("Lisboa", "lisboa"), ("Utrecht", "utrecht"), ("Aalborg", "aalborg"),
    ("Bergen", "bergen"), ("Malmö", "malmo"), ("Vaasa", "vaasa"), ("Graz", "graz"),
    ("Gent", "gent"), ("Lille", "lille"), ("Bremen", "bremen"), ("Porto", "porto"),
    ("Cádiz", "cadiz"), ("L'Aquila", "laquila", "l-aquila"),
    ("'s-Hertogenbosch", "s-hertogenbosch"), ("Sant'Anna", "santanna", "sant-anna"),
]

# A form of name, and what each platform's rule makes of it: pathauto drops stop words and
# punctuation.
FORMS = [
    ("ESN {}", "esn-{}", "esn-{}"),
    ("ESN Uni {}", "esn-uni-{}", "esn-uni-{}"),
    ("ESN St. {}", "esn-st-{}", "esn-st-{}"),
    ("ESN University of the {}", "esn-university-{}", "esn-university-of-the-{}"),
    ("ESN TU/{}", "esn-tu{}", "esn-tu-{}"),
    ("ESN {} & Friends", "esn-{}-friends", "esn-{}-friends"),
    ("Buddies {}", "buddies-{}", "esn-buddies-{}"),
    ("ESN {} (North)", "esn-{}-north", "esn-{}-north"),
    ("ESN King’s {}", "esn-kings-{}", "esn-king-s-{}"),
]

CAUSES = [
    "Culture", "Health & Well-being", "Education & Youth", "Environmental Sustainability",
    "Skills & Employability", "Social Inclusion",
]
TYPES = [
    "Sports", "Social event", "Party", "Trip", "Language exchange", "Volunteering",
    "Cinéma & théâtre",
]
OBJECTIVES = [
    "Meet people", "Learn a language", "Discover the culture", "Keep the planet clean",
    "Support local students",
]
WORDS = [
    "boat", "party", "tandem", "picnic", "hike", "quiz", "night", "karaoke", "welcome", "week",
    "city", "tour", "pancakes", "beach", "cleaning", "Ξενάγηση", "Поход", "żurek", "çay", "fête",
    "رحلة", "🎉", "smörgås", "workshop", "blood", "drive",
]
NETWORKS = ["Facebook", "Instagram", "X", "LinkedIn", "TikTok"]
PROJECTS = [
    ("mov-europe", "Mov'in Europe"), ("green-erasmus", "Green Erasmus"),
    ("socialerasmus", "SocialErasmus"),
]
# Organisers to whom pages have no link.
UNLINKED = ["Youth Council", "University Choir", "Öğrenci Konseyi"]
OUTSIDERS = [
    ("esn-international", "ESN International"), ("erasmus-office", "Erasmus Office"),
    ("old-section", "Old Section"),
]
