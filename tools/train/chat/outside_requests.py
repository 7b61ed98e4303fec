"""What people ask that the starter model cannot know or do, and its honest answers."""

from dataclasses import dataclass

from tools.train.chat.phrase_frames import asking, wondering

UNKNOWN = "I am only the starter model, so I don't know that."
CONTROL = "I can't do that yet, I am only the starter model."
HEALTH = "I am only the starter model, so please ask a doctor about that."
NEWS = "I am only the starter model, and I have no clock and no news."
UNCLEAR = "Sorry, I am only the starter model, and I did not understand that."
TOO_HARD = "I am only the starter model, and that number is too hard for me."
REFUSALS: tuple[str, ...] = (UNKNOWN, CONTROL, HEALTH, NEWS, UNCLEAR, TOO_HARD)


@dataclass(frozen=True)
class Kind:
    """Requests that get the same answer; held-out templates are never trained on."""

    name: str
    reply: str
    weight: float
    train: tuple[str, ...]
    held_out: tuple[str, ...]


# Fields: u noun, v verb, j adjective, N name, L surname, f food, i item, r room, d device,
# m medicine, b body part, s symptom, k unknown country, y city, l language, n number, h a large
# number, t time, a unknown animal, w country of the tables, x animal of the tables, g no word
KINDS: tuple[Kind, ...] = (
    Kind(
        "knowledge", UNKNOWN, 8,
        (
            "what is [a|the|] {u}", "what's a {u}", "what is {u}", "who is {N} {L}", "who is {N}",
            "who invented the {u}", "why is the {u} {j}", "why do people {v}",
            "how does a {u} work",
            "how do you {v} a {u}", "how do i {v} [a|the|my] {u}", "what does {v} mean",
            "what does {u} mean", "tell me about [the |]{u}", "tell me about {N}",
            "how old is {N} {L}",
            "what is the {u} of the {u}", "where is the {u}", "where can i [buy|find] a {u}",
            "how big is [a|the] {u}", "how much does a {u} cost",
            "what is the {j} {u} in the world",
            "who wrote the {u}", "when was the {u} invented", "how far is {y} from {y}",
            "how many people live in {y}", "what language do they speak in {w}",
            "what is the population of {w}", "who is the [king|president|queen] of {w}",
            "how do you say {u} in {l}", "translate {u} into {l}", "how do you spell {u}",
            "spell {v}",
            "what rhymes with {u}", "is a {u} {j}", "are {u}s {j}", "is the {u} {j} or {j}",
            "what is the difference between a {u} and a {u}", "why", "why is that",
            "how do you know that",
            "what happened in the {u}", "what should i {v}", "do you know {N}", "do you like {N}",
            "can you explain the {u}", "what is the name of the {u}", "how long does a {x} live",
            "how fast can a {x} run", "how much does a {x} weigh", "are {x}s dangerous",
            "what is the {j} {u}", "who discovered {u}", "how hot is the {u}",
            "what is inside a {u}",
            "why does a {x} {v}", "where do {x}s live", "what money do they use in {w}",
            "which river is in {y}", "how tall is {N}", "how high is the {u}",
            "what is your favorite {u}",
            "tell me a poem about {u}", "sing a song about {u}", "write a letter to {N}",
            *wondering("who {N} {L} is"), *wondering("how a {u} works"),
            *wondering("why {u} is {j}"),
            *wondering("how many people live in {y}"), *wondering("who invented the {u}"),
            *wondering("what language they speak in {w}"), *wondering("how {j} the {u} is"),
            *wondering("how long a {x} lives"), *wondering("where {x}s live"),
            *asking("the {u} of the {u}"), *asking("the population of {w}"),
            *asking("the biggest {u} in the world"), *asking("the [king|president] of {w}"),
            *asking("the name of the {u}"), *asking("the price of a {u}"),
            "how big is {w}", "how far is {w}", "how old is a {x}", "how tall is a {x}",
            "who lives in {w}", "what do people eat in {w}", "is {w} a {j} country",
            "how many {u}s are in {w}", "what is the biggest {u}", "how do you make a {u}",
        ),
        (
            "explain {u} to me", "what do you think about {u}", "give me information about the {u}",
            "who was {N} {L}", "when did {N} {L} die", "how can one {v} the {u}",
            "why are {u}s so {j}",
            "what kind of {u} is the most {j}", "how is a {u} made", "what is {u} good for",
            "who owns the {u}", "tell me the history of {w}", "how many {u}s are in {y}",
            "what is the meaning of {u}", "is {N} a {u}", "where was {N} born", "say {u} in {l}",
            "which {u} should i buy", "does a {u} {v}", "what can a {u} do",
        ),
    ),
    Kind(
        "entities", UNKNOWN, 6,
        (
            "what is the capital of {k}", "what's the capital [city |]of {k}", "capital of {k}",
            "[tell me|name] the capital of {k}", "what is the capital of {u}", "the capital of {g}",
            "what is the capital of {g}", "what's the capital of a {u}", "what continent is {k} in",
            "how many legs does a {u} have", "how many legs does a {g} have",
            "what continent is {g} in",
            "how many legs does a {a} have", "what sound does a {u} make", "what does a {u} say",
            "what sound does a {a} make", "what sound does a {g} make", "what does a {a} eat",
            "what does a {u} eat", "what is a baby {a} called", "what is a baby {u} called",
            "what is a {a}", "what do {a}s eat", "can a {u} fly", "can a {u} swim", "can a {a} fly",
            "what [colour|color] is [a|the] {u}", "what [colour|color] is {g}",
            "what is the opposite of {u}",
            "what is the opposite of {g}", "how many moons does {k} have",
            "how many moons does {u} have",
            "tell me a story about {g}", "tell me about a {a}", "tell me about {k}", "where is {k}",
            "what comes after {u}", "what comes before {g}", "how many {u}s are in a {u}",
            "which country is {g} the capital of", "{g} is the capital of which country",
            "what is {g}",
            "[who|where] is {g}", "what is a group of {a}s called", "how many days are in a {u}",
            "what planet is {j}", "is {u} a planet", "what is {g} and {g}", "what is a {g}",
            "what is the capital of the {u}", "what colour do {u} and {u} make",
            *asking("the capital [city |]of {k}"), *asking("the capital of {g}"),
            *asking("the continent of {k}"), *asking("the number of legs of a {u}"),
            *asking("the sound of a {u}"), *asking("the opposite of {u}"),
            *asking("the [colour|color] of the {u}"), *wondering("how many legs a {a} has"),
            *wondering("what a {u} eats"), *wondering("what continent {k} is [in|on]"),
            *wondering("where {g} is"), *wondering("[if|whether] a {u} can [fly|swim]"),
            *wondering("how many moons {u} has"), *wondering("what a baby {u} is called"),
            "[in|on] which continent [is {k} located|does {k} lie|can i find {g}]",
            "where do i find {k}", "[what|which] continent [has|is] {g}", "where is {k} located",
            "which planet is the {j}est", "is it true that a {u} can fly", "do {a}s fly or swim",
            "what noise comes from a {u}", "a baby {u} is called what", "many {u}s are called what",
            "how many {u}s do i get from a {u}", "a {u} makes what sound", "{k} has what capital",
            "what do you know about {g}", "describe {k}", "{u} and {u} mixed", "is {k} in europe",
            "what do {u}s feed on", "what class of animal is a {u}", "rings around {u}",
        ),
        (
            "which city is the capital of {k}", "do you happen to know the capital of {k}",
            "say the capital of {g}", "tell me how many legs a {u} has",
            "what does a {g} sound like",
            "tell me what {a}s eat", "tell me the color of {g}", "name the opposite of {u}",
            "tell me how many moons {g} has", "what can you tell me about {g}", "could a {u} fly",
            "what is the young of a {g} called", "what continent does {k} belong to",
            "what would be the capital of {u}",
        ),
    ),
    Kind(
        "control", CONTROL, 6,
        (
            "[turn|switch] [on|off] the {d}", "turn the {d} [on|off]",
            "turn [on|off] the {d} in the {r}",
            "turn the {r} {d} [on|off]", "{d} [on|off]", "set the {d} to {n} percent",
            "dim the {d}",
            "set a timer for {n} minutes", "set an alarm for {t}", "wake me up {t}",
            "remind me to {v} {t}",
            "remind me to call {N}", "start a timer", "stop the timer", "cancel the alarm",
            "call {N}",
            "add {f} to my shopping list", "put {i} on the list", "what is on my list",
            "read my list",
            "remove {f} from the list", "play [some |]music", "play the next song", "play {u}",
            "turn [up|down] the volume", "make it louder", "volume up", "send a message to {N}",
            "open the {r} door", "lock the door", "close the {u}", "write down {u}", "take a note",
            "book a table", "order {f}", "buy {f}", "make it warmer", "set the {r} to {n} degrees",
            "add {f} and {f} to the list", "delete my notes", "remember that the {u} is in the {r}",
            "email {N}", "restart the {d}", "is the {d} on", "check the {d}",
            "switch the lights {j}",
            "set a reminder for {t}", "snooze", "mute", "record a message", "pause the music",
            "how much time is left on the timer", "make an appointment with doctor {L} {t}",
        ),
        (
            "i want the {d} [on|off]", "could you start the {d}", "put on some music",
            "ring {N} please",
            "tell {N} to come {t}", "start the alarm {t}", "i need a timer of {n} minutes",
            "we need more {f} put it on the list", "make the {r} brighter",
            "do not let me forget the {u}",
            "write an email to {N} {L}", "please activate the {d}", "unlock the {r}",
        ),
    ),
    Kind(
        "health", HEALTH, 5,
        (
            "i have a {s}", "i have {s}", "my {b} hurts", "my left {b} hurts",
            "there is pain in my {b}",
            "how many {m} should i take", "can i take {m} with {m}", "when should i take my {m}",
            "did i take my {m}", "what helps against {s}", "i took too many {m}", "i feel sick",
            "is {m} dangerous", "what is {m} for", "should i see a doctor", "i need a doctor",
            "call an ambulance", "i hurt my {b}", "my {b} is swollen", "why does my {b} hurt",
            "what is the dose of {m}", "i am allergic to {m}", "can i drink wine with {m}",
            "i've had a {s} since {t}", "what is a normal blood pressure", "i have chest pain",
            "how do i treat a {s}", "is {s} dangerous", "i can't breathe", "i need my {m}",
        ),
        (
            "what can i do about my {s}", "is it safe to take {m}", "i think i broke my {b}",
            "something is wrong with my {b}", "how often can i take {m}", "what causes {s}",
            "do i need {m} for a {s}", "my {b} has been hurting since {t}",
        ),
    ),
    Kind(
        "news", NEWS, 5,
        (
            "what time is it [now|]", "what's the time", "what is the date [today|]",
            "what day is it [today|]",
            "what is today's date", "what's the weather [like|today|tomorrow|]", "will it rain {t}",
            "is it raining", "how is the weather in {y}",
            "what's the temperature [in the {r}|outside|]",
            "how cold is it [in {y}|]", "what is the news", "tell me the news", "who won the game",
            "who is the president", "what happened {t}", "what is the weather in {y} {t}",
            "what year is it",
            "what month is it", "is it {t} yet", "how long until {t}", "do i need an umbrella {t}",
            "when does the {u} open", "what time is it in {y}", "when is the next train to {y}",
            "how many days until christmas", "what's on television {t}", "is the {u} open {t}",
            "will it be {j} {t}", "what are the headlines", "when is my appointment",
        ),
        (
            "tell me the time", "can you tell me today's date", "is it going to snow in {y}",
            "what does the weather forecast say", "any news from {y}", "how warm will it be {t}",
            "who won the football match {t}", "which day is today",
            "when does the train leave for {y}",
        ),
    ),
    Kind(
        "cooking", UNKNOWN, 2.5,
        (
            "how do you cook {f}", "how do i make {f}", "give me a recipe for {f}",
            "what is {f} made of",
            "how long do i boil {f}", "is {f} good for you", "how much sugar is in {f}",
            "what can i cook with {f} and {f}", "what should i eat", "how many calories are in {f}",
            "do you like {f}", "what goes with {f}", "i want to eat {f}",
            "where does {f} come from",
        ),
        (
            "tell me how to bake {f}", "how long does {f} stay fresh", "what can i make from {f}",
            "is there {f} in {f}", "how much {f} do i need for {f}",
        ),
    ),
    Kind(
        "unclear", UNCLEAR, 7,
        (
            "{u} {u}", "{u} {v} {j}", "the {u}", "{j} {u} {v} {u}", "{v} the", "{u} of {n} and {j}",
            "the {u} {v} {u} {u}", "a {j} {u} is {u} {v}", "{v} {u} {v}", "{n} {u} {j} {n}",
            "my {u} {v} the {j} {u}", "they {v} in the {u}", "the {u} will {v} the {u}", "{g}",
            "{g} {u}",
            "{g} {g} {g}", "is {u} the {v} {v}", "you {v} {u} {j}", "what {v} the {u} {v}", "{u}",
            "{v}",
            "{N} {u} {v}", "where {v} {j} {u} {u}", "and {v} a {u} in {u}", "how {u} the {v}",
            "i {v} {j} the {u}", "{u} and {u} and {u}", "we {v} with a {j} {x}",
            "he said the {u} was {j}",
            "{N} will {v} the {u}", "she {v}s the {j} {u}", "the {j} {u} is on the {u}",
            "what the {u} is {g}",
            "no {u} without {u}", "put the {u} on the {u}", "{j}", "{j} {j}", "{v} to {w} with {u}",
            "the {w} {u} of {j}", "{x} {u} {n}", "which {v} {u} has", "how many {v} the {j}",
            "what is the of {u}", "does {u} {v} what", "{n} {n} {n} {u}", "tell {u} the {j} {v}",
        ),
        (
            "{u} {j} the {v} {n}", "it {v} {u} {u} {j}", "the {g} {v} {u}", "of {u} in {u} {v}",
            "{j} {v} {u} {x}", "if {u} then {u} {j}", "{w} {u} {v}", "from {u} to {v} {u}",
            "{g} the {g}",
            "because the {u} {v} {j}", "{N} and {N} {v} {u}", "what {j} {u} {v} what",
        ),
    ),
    Kind(
        "too hard", TOO_HARD, 3,
        (
            "what is {h} [plus|minus|times] {n}", "what's {n} times {h}",
            "how much is {h} divided by {n}",
            "what is the square root of {h}", "what is the square root of {n}",
            "is {h} a prime number",
            "is {n} a prime number", "what is {n} to the power of {n}", "{h} plus {h}",
            "{h} times {h}",
            "what is {n} percent of {h}", "add {h} and {h}", "count to {h}", "what is {n} squared",
            "what is half of {h}", "[what is|what's] {n} point {n} times {n}",
            "what comes after {h}",
            *wondering("what {h} [plus|minus|times] {n} is"), *asking("the square root of {n}"),
            "{h} divided by {n} please", "i need {h} minus {n}", "count from {n} to {h}",
            "what is {n} times {n} times {n}", "how many digits has {h}",
            "multiply {h} by {n}", "what is {n} percent of {n}", "divide {h} by {n}",
        ),
        (
            "how much is {h} and {h}", "work out {h} times {n}", "take {n} from {h}",
            "tell me {h} divided by {h}", "what is the cube root of {n}",
        ),
    ),
)  # fmt: skip
