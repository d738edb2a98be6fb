"""Names that the made-up network is built of: countries as both sites write them, towns with the slug that a transliteration gives."""

# ISO code, name on accounts.esn.org, name on activities.esn.org
COUNTRIES = [
    ("al", "Albania", "Albania"), ("at", "Austria", "Austria"), ("az", "Azerbaijan", "Azerbaijan"),
    ("by", "Belarus", "Belarus"), ("be", "Belgium", "Belgium"), ("ba", "Bosnia and Herzegovina", "Bosnia and Herzegovina"),
    ("bg", "Bulgaria", "Bulgaria"), ("hr", "Croatia", "Croatia"), ("cy", "Cyprus", "Cyprus"),
    ("cz", "Czech Republic", "Czechia"), ("dk", "Denmark", "Denmark"), ("ee", "Estonia", "Estonia"),
    ("fi", "Finland", "Finland"), ("fr", "France", "France"), ("ge", "Georgia", "Georgia"),
    ("de", "Germany", "Germany"), ("gr", "Greece", "Greece"), ("hu", "Hungary", "Hungary"),
    ("is", "Iceland", "Iceland"), ("ie", "Ireland", "Ireland"), ("it", "Italy", "Italy"),
    ("jo", "Jordan", "Jordan"), ("kz", "Kazakhstan", "Kazakhstan"), ("lv", "Latvia", "Latvia"),
    ("li", "Liechtenstein", "Liechtenstein"), ("lt", "Lithuania", "Lithuania"), ("lu", "Luxembourg", "Luxembourg"),
    ("mt", "Malta", "Malta"), ("md", "Moldova", "Moldova"), ("me", "Montenegro", "Montenegro"),
    ("nl", "the Netherlands", "Netherlands"), ("mk", "North Macedonia", "North Macedonia"), ("no", "Norway", "Norway"),
    ("pl", "Poland", "Poland"), ("pt", "Portugal", "Portugal"), ("ro", "Romania", "Romania"),
    ("ru", "Russia", "Russia"), ("rs", "Serbia", "Serbia"), ("sk", "Slovakia", "Slovakia"),
    ("si", "Slovenia", "Slovenia"), ("es", "Spain", "Spain"), ("se", "Sweden", "Sweden"),
    ("ch", "Switzerland", "Switzerland"), ("tr", "Türkiye", "Turkey"), ("gb", "United Kingdom", "UK"),
    ("ua", "Ukraine", "Ukraine"),
]

# Countries in which activities happen, but which have no section.
ELSEWHERE = ["Morocco", "Egypt", "Andorra", "Monaco"]

# Town, its slug by pathauto and, where that differs, by the other rule.
TOWNS = [
    ("Yıldız", "yildiz"), ("Üsküdar", "uskudar"), ("Çanakkale", "canakkale"), ("Eskişehir", "eskisehir"),
    ("Iğdır", "igdir"), ("Ağrı", "agri"), ("İzmir", "izmir"), ("Muğla", "mugla"),
    ("Łódź", "lodz"), ("Kraków", "krakow"), ("Gdańsk", "gdansk"), ("Poznań", "poznan"), ("Wrocław", "wroclaw"),
    ("Białystok", "bialystok"), ("Częstochowa", "czestochowa"), ("Zielona Góra", "zielona-gora"),
    ("Пловдив", "plovdiv"), ("Варна", "varna"), ("Ниш", "nis"), ("Битола", "bitola"), ("Одеса", "odesa"),
    ("Μυτιλήνη", "mytilene"), ("Πάτρα", "patra"), ("Βόλος", "bolos"), ("Χανιά", "chania"),
    ("Pölten", "polten"), ("Åbo", "abo"), ("Liège", "liege"), ("Piteşti", "pitesti"), ("Iași", "iasi"),
    ("Tromsø", "tromso"), ("Umeå", "umea"), ("Jyväskylä", "jyvaskyla"), ("Tübingen", "tubingen"),
    ("Göttingen", "gottingen"), ("Málaga", "malaga"), ("Coruña", "coruna"), ("Évora", "evora"), ("Besançon", "besancon"),
    ("Orléans", "orleans"), ("Forlì", "forli"), ("Győr", "gyor"), ("Szeged", "szeged"), ("Žilina", "zilina"),
    ("Košice", "kosice"), ("Brno", "brno"), ("Plzeň", "plzen"), ("Ústí", "usti"), ("Šiauliai", "siauliai"),
    ("Rīga", "riga"), ("Tartu", "tartu"), ("Reykjavík", "reykjavik"), ("Galway", "galway"), ("Dundee", "dundee"),
    ("Gießen", "giessen"), ("Zürich", "zurich"), ("Ljubljana", "ljubljana"), ("Rijeka", "rijeka"), ("Zadar", "zadar"),
    ("Novi Sad", "novi-sad"), ("Valletta", "valletta"), ("Nicosia", "nicosia"), ("Baku", "baku"), ("Tirana", "tirana"),
    ("Bologna", "bologna"), ("Lisboa", "lisboa"), ("Utrecht", "utrecht"), ("Aalborg", "aalborg"), ("Bergen", "bergen"),
    ("Malmö", "malmo"), ("Vaasa", "vaasa"), ("Graz", "graz"), ("Gent", "gent"), ("Lille", "lille"), ("Bremen", "bremen"),
    ("Porto", "porto"), ("Cádiz", "cadiz"), ("L'Aquila", "laquila", "l-aquila"), ("'s-Hertogenbosch", "s-hertogenbosch"),
    ("Sant'Anna", "santanna", "sant-anna"),
]

# A form of name, and what each platform's rule makes of it: pathauto drops stop words and punctuation.
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

CAUSES = ["Culture", "Health & Well-being", "Education & Youth", "Environmental Sustainability", "Skills & Employability",
          "Social Inclusion"]
TYPES = ["Sports", "Social event", "Party", "Trip", "Language exchange", "Volunteering", "Cinéma & théâtre"]
OBJECTIVES = ["Meet people", "Learn a language", "Discover the culture", "Keep the planet clean", "Support local students"]
WORDS = ["boat", "party", "tandem", "picnic", "hike", "quiz", "night", "karaoke", "welcome", "week", "city", "tour", "pancakes",
         "beach", "cleaning", "Ξενάγηση", "Поход", "żurek", "çay", "fête", "رحلة", "🎉", "smörgås", "workshop", "blood", "drive"]
NETWORKS = ["Facebook", "Instagram", "X", "LinkedIn", "TikTok"]
OUTSIDERS = [("esn-international", "ESN International"), ("erasmus-office", "Erasmus Office"), ("old-section", "Old Section")]
