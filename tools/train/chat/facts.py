"""What the starter model knows: small tables of facts, and nothing else.

Names are lower case as a speech recogniser writes them; `title` gives the spelling of a reply.
"""

from dataclasses import dataclass

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SEASONS = ("spring", "summer", "autumn", "winter")


@dataclass(frozen=True)
class Country:
    """A country by its spoken name, its capital and its continent."""

    name: str
    capital: str
    continent: str


_COUNTRIES = """
france paris europe|germany berlin europe|spain madrid europe|italy rome europe
portugal lisbon europe|england london europe|scotland edinburgh europe|ireland dublin europe
wales cardiff europe|norway oslo europe|sweden stockholm europe|finland helsinki europe
denmark copenhagen europe|poland warsaw europe|greece athens europe|turkey ankara asia
russia moscow europe|china beijing asia|japan tokyo asia|india new_delhi asia
canada ottawa north_america|mexico mexico_city north_america|brazil brasilia south_america
argentina buenos_aires south_america|chile santiago south_america|peru lima south_america
egypt cairo africa|kenya nairobi africa|nigeria abuja africa|morocco rabat africa
australia canberra australia|austria vienna europe|hungary budapest europe
belgium brussels europe|holland amsterdam europe|switzerland bern europe
iceland reykjavik europe|ukraine kyiv europe|romania bucharest europe|croatia zagreb europe
cuba havana north_america|jamaica kingston north_america|vietnam hanoi asia
thailand bangkok asia|south_korea seoul asia|pakistan islamabad asia|israel jerusalem asia
iran tehran asia|iraq baghdad asia|america washington north_america
"""
COUNTRIES: tuple[Country, ...] = tuple(
    Country(*(part.replace("_", " ") for part in entry.split()))
    for line in _COUNTRIES.strip().splitlines()
    for entry in line.split("|")
)
#: Other spoken names of countries in the table.
COUNTRY_ALIASES = {
    "south korea": ("south korea", "korea"),
    "america": ("america", "the united states"),
    "holland": ("holland", "the netherlands"),
}


@dataclass(frozen=True)
class Planet:
    """A planet, its moons as words, one true sentence, and whether it is a giant."""

    name: str
    moons: str
    fact: str
    giant: bool
    rings: bool
    colour: str


#: Moons are counted coarsely where the count still grows with every survey.
PLANETS: tuple[Planet, ...] = (
    Planet("mercury", "no moons", "Mercury is the smallest planet and the closest to the sun.",
           False, False, "grey"),
    Planet("venus", "no moons", "Venus is the hottest planet, under thick clouds.",
           False, False, "yellow"),
    Planet("earth", "one moon", "Earth is our home, with oceans of water.",
           False, False, "blue"),
    Planet("mars", "two moons", "Mars is the red planet, cold and dusty.",
           False, False, "red"),
    Planet("jupiter", "more than ninety moons",
    "Jupiter is the biggest planet, with a giant storm.",
           True, True, "orange"),
    Planet("saturn", "more than one hundred moons", "Saturn has the brightest rings.",
           True, True, "golden"),
    Planet("uranus", "more than twenty moons", "Uranus is very cold and lies on its side.",
           True, True, "light blue"),
    Planet("neptune", "more than ten moons", "Neptune is the windiest planet, far from the sun.",
           True, True, "dark blue"),
)  # fmt: skip

COLOUR_MIXES = {
    ("red", "yellow"): "orange", ("blue", "yellow"): "green", ("red", "blue"): "purple",
    ("red", "white"): "pink", ("black", "white"): "grey", ("red", "green"): "brown",
    ("blue", "white"): "light blue", ("blue", "green"): "turquoise",
    ("orange", "blue"): "brown", ("black", "red"): "dark red",
}  # fmt: skip

_THINGS = """
grass:green|the sky:blue|the sun:yellow|snow:white|a banana:yellow|a lemon:yellow|milk:white
coal:black|blood:red|an orange:orange|a carrot:orange|a strawberry:red|a tomato:red
chocolate:brown|coffee:brown|the sea:blue|a leaf:green|a cherry:red|a cucumber:green|salt:white
sugar:white|rice:white|butter:yellow|honey:golden|broccoli:green|spinach:green|a cloud:white
the night:black|a polar bear:white|a flamingo:pink|a frog:green|a crow:black|a swan:white
an elephant:grey|a fox:red|a lobster:red|a dolphin:grey|a crocodile:green
a lime:green|a plum:purple|garlic:white|gold:yellow|ice:white|a fire engine:red
"""
THING_COLOURS: dict[str, str] = dict(
    entry.split(":") for line in _THINGS.strip().splitlines() for entry in line.split("|")
)


@dataclass(frozen=True)
class Animal:
    """What is known of an animal; an empty string means: not known."""

    name: str
    plural: str
    kind: str
    legs: int | None
    sound: str
    young: str
    group: str
    food: str
    flies: bool
    swims: bool


# name plural kind legs sound young group food abilities (f flies, s swims, - neither)
_ANIMALS = """
cat cats mammal 4 meow kitten clowder meat_and_fish -
dog dogs mammal 4 woof puppy pack meat_and_dog_food s
horse horses mammal 4 neigh foal herd grass_and_hay s
cow cows mammal 4 moo calf herd grass s
sheep sheep mammal 4 baa lamb flock grass -
goat goats mammal 4 baa kid herd grass_and_leaves -
pig pigs mammal 4 oink piglet herd roots_and_grain s
chicken chickens bird 2 cluck chick flock seeds_and_insects -
duck ducks bird 2 quack duckling flock plants_and_insects fs
goose geese bird 2 honk gosling gaggle grass fs
rabbit rabbits mammal 4 - kit colony grass_and_leaves -
mouse mice mammal 4 squeak pup nest seeds_and_grain -
lion lions mammal 4 roar cub pride meat -
tiger tigers mammal 4 roar cub - meat s
bear bears mammal 4 growl cub - berries_and_fish s
wolf wolves mammal 4 howl pup pack meat s
fox foxes mammal 4 yip cub skulk mice_and_berries -
deer deer mammal 4 - fawn herd grass_and_leaves s
elephant elephants mammal 4 trumpet calf herd grass_and_leaves s
giraffe giraffes mammal 4 - calf tower leaves -
zebra zebras mammal 4 bark foal herd grass -
monkey monkeys mammal - chatter infant troop fruit_and_leaves -
camel camels mammal 4 grunt calf caravan grass_and_leaves -
kangaroo kangaroos mammal - - joey mob grass -
koala koalas mammal 4 - joey - leaves -
panda pandas mammal 4 - cub - bamboo -
penguin penguins bird 2 - chick colony fish s
owl owls bird 2 hoot owlet parliament mice f
eagle eagles bird 2 screech eaglet - fish_and_rabbits f
parrot parrots bird 2 squawk chick flock seeds_and_fruit f
pigeon pigeons bird 2 coo squab flock seeds f
crow crows bird 2 caw chick murder seeds_and_insects f
swan swans bird 2 honk cygnet - water_plants fs
ostrich ostriches bird 2 - chick flock plants_and_seeds -
turtle turtles reptile 4 - hatchling - plants_and_fish s
snake snakes reptile 0 hiss - - mice_and_frogs s
lizard lizards reptile 4 - hatchling - insects -
crocodile crocodiles reptile 4 growl hatchling - fish_and_meat s
frog frogs amphibian 4 croak tadpole army insects s
toad toads amphibian 4 croak tadpole - insects s
shark sharks fish 0 - pup - fish s
salmon salmon fish 0 - - school small_fish s
whale whales mammal 0 - calf pod fish_and_krill s
dolphin dolphins mammal 0 click calf pod fish s
seal seals mammal 0 bark pup colony fish s
bee bees insect 6 buzz larva swarm nectar f
wasp wasps insect 6 buzz larva - insects_and_nectar f
ant ants insect 6 - larva colony seeds_and_insects -
butterfly butterflies insect 6 - caterpillar - nectar f
beetle beetles insect 6 - larva - leaves f
fly flies insect 6 buzz maggot swarm sugar_and_rotten_food f
mosquito mosquitoes insect 6 buzz larva swarm nectar_and_blood f
spider spiders arachnid 8 - spiderling - insects -
octopus octopuses mollusc 8 - larva - crabs s
snail snails mollusc 0 - - - leaves -
worm worms worm 0 - - - rotting_leaves -
crab crabs crustacean 10 - larva - algae_and_small_animals -
squirrel squirrels mammal 4 chatter kit - nuts_and_seeds -
hedgehog hedgehogs mammal 4 - hoglet - insects_and_worms -
otter otters mammal 4 - pup - fish s
beaver beavers mammal 4 - kit colony bark_and_leaves s
donkey donkeys mammal 4 hee_haw foal herd grass_and_hay -
hippo hippos mammal 4 grunt calf bloat grass -
rhino rhinos mammal 4 - calf crash grass_and_leaves -
bat bats mammal 2 squeak pup colony insects f
"""


def _animal(line: str) -> Animal:
    name, plural, kind, legs, sound, young, group, food, abilities = (
        "" if field == "-" else field.replace("_", " ") for field in line.split()
    )
    return Animal(
        name, plural, kind, int(legs) if legs else None, sound, young, group, food,
        flies="f" in abilities, swims="s" in abilities,
    )  # fmt: skip


ANIMALS: tuple[Animal, ...] = tuple(_animal(line) for line in _ANIMALS.strip().splitlines())

_OPPOSITES = (
    "big small|hot cold|tall short|fast slow|old young|happy sad|light dark|wet dry|full empty|"
    "open closed|up down|left right|hard soft|heavy light|loud quiet|strong weak|rich poor|"
    "clean dirty|good bad|early late|near far|high low|deep shallow|wide narrow|thick thin|"
    "long short|day night|summer winter|yes no|in out|on off|first last|true false|black white|"
    "easy difficult|cheap expensive|north south|east west|friend enemy|inside outside|"
    "before after|above below|warm cool|asleep awake|love hate|begin end|win lose|buy sell"
)
OPPOSITES: dict[str, str] = {}
for _pair in _OPPOSITES.split("|"):
    _one, _other = _pair.split()
    OPPOSITES.setdefault(_one, _other)
    OPPOSITES.setdefault(_other, _one)

#: (small unit, its plural, large unit, its plural, how many small ones are in a large one)
UNITS: tuple[tuple[str, str, str, str, int], ...] = (
    ("second", "seconds", "minute", "minutes", 60),
    ("minute", "minutes", "hour", "hours", 60),
    ("hour", "hours", "day", "days", 24),
    ("day", "days", "week", "weeks", 7),
    ("month", "months", "year", "years", 12),
    ("week", "weeks", "year", "years", 52),
    ("day", "days", "year", "years", 365),
    ("year", "years", "decade", "decades", 10),
    ("year", "years", "century", "centuries", 100),
    ("centimeter", "centimeters", "meter", "meters", 100),
    ("millimeter", "millimeters", "centimeter", "centimeters", 10),
    ("meter", "meters", "kilometer", "kilometers", 1000),
    ("gram", "grams", "kilogram", "kilograms", 1000),
    ("kilogram", "kilograms", "ton", "tons", 1000),
    ("milliliter", "milliliters", "liter", "liters", 1000),
    ("inch", "inches", "foot", "feet", 12),
    ("foot", "feet", "yard", "yards", 3),
    ("ounce", "ounces", "pound", "pounds", 16),
    ("pint", "pints", "quart", "quarts", 2),
    ("quart", "quarts", "gallon", "gallons", 4),
    ("teaspoon", "teaspoons", "tablespoon", "tablespoons", 3),
    ("cent", "cents", "dollar", "dollars", 100),
    ("penny", "pennies", "pound", "pounds", 100),
)

JOKES: tuple[str, ...] = (
    "Why did the clock go to school? It wanted to learn to tell the time.",
    "What do you call a bear without teeth? A gummy bear.",
    "Why was the computer cold? It left a window open.",
    "What is orange and sounds like a parrot? A carrot.",
    "Why did the tomato turn red? It saw the salad dressing.",
    "What do you call a sleeping bull? A bulldozer.",
    "Why can you never trust stairs? They are always up to something.",
    "What has hands but cannot clap? A clock.",
)

SHORT_FACTS: tuple[str, ...] = (
    "Here is one: honey can keep for many years without going bad.",
    "Here is one: an octopus has three hearts.",
    "Here is one: a day on Venus is longer than its year.",
    "Here is one: bananas are berries, but strawberries are not.",
    "Here is one: light from the sun needs about eight minutes to reach us.",
    "Here is one: a snail can sleep for a very long time.",
    "Here is one: sound travels faster in water than in air.",
    "Here is one: the heart of a blue whale is as heavy as a small piano.",
)


def title(name: str) -> str:
    """The name with capitals, as in "New Delhi"; articles stay small."""
    return " ".join(w if w in ("the", "a", "an", "of") else w.capitalize() for w in name.split())


def with_article(noun: str) -> str:
    """The noun after "a" or "an"."""
    return ("an " if noun[0] in "aeiou" else "a ") + noun
