"""How people may ask, for whoever makes the templates: as in the benchmark, in other words."""

from edgevoice.bench.skills.phrasings import Phrasing, asked_so

ASKED: dict[str, tuple[Phrasing, ...]] = {
    "current_time": asked_so(
        "have you got the time",
        "what does the clock say",
        "could you tell me what time it is now please",
        "time check",
        "um what's the time",
        "so how late is it",
    ),
    "current_date": asked_so(
        "which day of the week is it",
        "what day are we on today",
        "tell me today's date would you",
        "what's the date today",
        "what month are we in",
    ),
    "set_timer": (
        *asked_so(
            "give me a {duration} timer",
            "count down {duration} for me",
            "timer for {duration}",
            "please could you start a timer of {duration}",
            "start a countdown from {duration}",
            "let me know when {duration} have passed",
            "i need a timer, {duration}",
            "ping me in {duration}",
        ),
        *asked_so(
            "put the {label} timer on for {duration}",
            "start a {duration} timer for the {label}",
            "set a timer called {label} for {duration}",
        ),
    ),
    "cancel_timer": (
        *asked_so(
            "kill the timer", "you can turn off the timer now", "i don't need the timer anymore"
        ),
        *asked_so("cancel my {label} timer", "stop the {label} timer please"),
    ),
    "timer_status": (
        *asked_so(
            "how long has the timer got to go",
            "how much time is left on my timer",
            "is the timer nearly done",
            "what's left on the clock for the timer",
        ),
        *asked_so("how many minutes are left on the {label} timer"),
    ),
    "set_alarm": (
        *asked_so(
            "get me up at {time}",
            "could you set the alarm clock for {time}",
            "i have to be up at {time}, set an alarm",
            "make an alarm for {time} please",
            "alarm at {time}",
        ),
        *asked_so(
            "wake me up {day} at {time}",
            "put an alarm on for {time} {day}",
            "i need to wake up at {time} {day}",
        ),
    ),
    "cancel_alarm": (
        *asked_so(
            "switch off my alarm", "i don't want the alarm any more", "delete the alarm please"
        ),
        *asked_so("take off the alarm for {time}", "turn off my {time} alarm"),
    ),
    "list_alarms": asked_so(
        "when will you wake me",
        "have i got any alarms on",
        "tell me my alarms",
        "what time is my alarm set for",
    ),
    "set_reminder": (
        *asked_so(
            "remind me in {duration} to {task}",
            "in {duration} please remind me to {task}",
            "can you remind me to {task} in {duration}",
            "give me a nudge in {duration} to {task}",
        ),
        *asked_so(
            "remind me at {time} to {task}",
            "i need a reminder at {time} to {task}",
            "please remind me to {task} at {time}",
        ),
        *asked_so("{day} at {time} remind me to {task}", "remind me to {task} {day} at {time}"),
        *asked_so("don't let me forget to {task} {day} at {time}"),
    ),
    "list_reminders": asked_so(
        "what are my reminders", "read me my reminders", "do i have reminders for today"
    ),
    "cancel_reminder": asked_so(
        "cancel the reminder to {task}",
        "you don't need to remind me to {task}",
        "delete my reminder to {task}",
    ),
    "set_volume": (
        *asked_so(
            "make the volume {level}",
            "i want the volume at {level}",
            "turn the volume down to {level}",
            "volume at {level} please",
        ),
        *asked_so("turn the sound all the way up", level=100),
        *asked_so("set the volume to the maximum", level=100),
    ),
    "change_volume": (
        *asked_so(
            "a bit louder please",
            "can you speak up a little",
            "i can't hear you, turn it up",
            "increase the volume",
            direction="up",
        ),
        *asked_so(
            "you're too loud",
            "bring the volume down",
            "not so loud please",
            "could you talk more quietly",
            direction="down",
        ),
    ),
    "calculate": asked_so(
        "work out {sum}",
        "how much is {sum}",
        "what do you get for {sum}",
        "can you calculate {sum} for me",
        "tell me what {sum} makes",
        "{sum}",
        "what would {sum} be",
    ),
    "convert": asked_so(
        "how many {unit} are in {amount}",
        "change {amount} into {unit}",
        "what is {amount} in {unit}",
        "what's {amount} expressed in {unit}",
        "{amount} in {unit} please",
        "how many {unit} make {amount}",
    ),
    "device_status": asked_so(
        "how is the machine doing",
        "give me a status report on the device",
        "how hot is your processor",
        "how much memory have you got left",
    ),
    "repeat": asked_so(
        "sorry what was that",
        "could you repeat that please",
        "i didn't hear you, say it once more",
        "come again",
    ),
    "stop": asked_so("stop talking", "that'll do, stop", "okay stop now please"),
    "mute": asked_so("mute your microphone", "turn your microphone off", "go on mute please"),
    "sleep": asked_so(
        "time for you to go to sleep", "you can go to sleep now", "go back to sleep please"
    ),
    "forget": asked_so(
        "wipe our conversation", "erase what we have talked about", "clear this conversation please"
    ),
    "call_person": (
        *asked_so(
            "get me a real person", "i want to talk to somebody human", "put me through to someone"
        ),
        *asked_so(
            "ring {person}", "could you give {person} a call", "please get {person} on the phone"
        ),
        *asked_so("call {person} and say {message}", "phone {person} and tell them that {message}"),
    ),
    "add_to_list": (
        *asked_so(
            "we're out of {item}, add it to the shopping list",
            "stick {item} on the shopping list",
            "shopping list, add {item}",
            "i need to buy {item}, put it on the list",
            "add {item} to my shopping please",
            "can you write {item} on my shopping list",
        ),
        *asked_so("put {item} on the {list} list", "add {item} to my {list} list please"),
    ),
    "read_list": (
        *asked_so(
            "what do i need to buy",
            "read out the shopping list",
            "tell me what we have on our shopping list",
        ),
        *asked_so("what have i got on my {list} list", "read me the {list} list"),
    ),
    "remove_from_list": (
        *asked_so(
            "i've bought {item}, take it off the list",
            "cross {item} off the shopping list",
            "we don't need {item} anymore, remove it from the shopping list",
        ),
        *asked_so("delete {item} from the {list} list"),
    ),
    "add_note": asked_so(
        "take this down, {note}",
        "jot down that {note}",
        "new note, {note}",
        "can you write down that {note}",
    ),
    "read_notes": asked_so("what did i note down", "read back my notes", "what's in my notes"),
    "remember_fact": asked_so(
        "keep in mind that {fact}",
        "please remember {fact}",
        "for future reference, {fact}",
    ),
    "recall_facts": asked_so(
        "what have i told you about {about}",
        "do you remember anything about {about}",
        "tell me what you know about {about}",
    ),
    "search_documents": asked_so(
        "look up {query} in my documents",
        "what do the documents say on {query}",
        "check my files for {query}",
    ),
}
"""For each tool."""

DANGEROUS: dict[str, tuple[Phrasing, ...]] = {
    "clear_list": (
        *asked_so("empty my shopping list", "wipe everything off the shopping list"),
        *asked_so("clear out the {list} list please", "delete all of my {list} list"),
    ),
    "forget_facts": asked_so(
        "forget what you know about {about}", "please delete everything you know about {about}"
    ),
}
"""For those that ask before they do anything."""

ANSWERS: tuple[tuple[str, bool], ...] = (
    ("yes", True),
    ("yeah go ahead", True),
    ("sure, do it", True),
    ("yes please", True),
    ("um yes that's right", True),
    ("no", False),
    ("no, leave it", False),
    ("nope, stop", False),
    ("yes but not now", False),
    ("what would that do", False),
    ("better not", False),
    ("i'm not sure", False),
)
"""What the person may say to its question, and whether that allows it."""

IMPOSSIBLE: tuple[str, ...] = (
    "turn on the kitchen lights",
    "order me a large pizza",
    "book a flight to rome for next week",
    "play some jazz",
    "send an email to my boss",
    "lock the front door",
    "make the room warmer",
    "take a picture of me",
    "open the garage",
    "post this on the internet",
    "buy me two tickets for the cinema",
    "start the dishwasher",
    "what is the weather like tomorrow",
    "when does the next bus leave",
    "how is the traffic on the way to work",
    "who won the match last night",
    "pay my electricity bill",
    "skip to the next song",
    "draw me a horse",
    "put the heating on at seven",
    "close the curtains",
    "transfer fifty dollars to anna",
)
"""What none of the tools does: nothing may be called, and nothing may be claimed."""

RESEMBLING: tuple[str, ...] = (
    "what is a timer",
    "who invented the alarm clock",
    "how long is a marathon",
    "what time does the train leave",
    "tell me about alarms",
    "how loud is a jet engine",
    "what does the word volume mean",
    "what time is it in tokyo",
    "how many days are there in a week",
    "what was the date of the moon landing",
    "do you remember the seventies",
    "why do people forget things",
    "my alarm did not ring this morning",
    "how do i set a timer on my oven",
    "what is a good shopping list for a party",
    "he told me to stop",
    "is it healthy to sleep ten hours",
    "what comes after a thousand",
    "how many people live in spain",
    "how far is it to the moon",
    "what is the meaning of mute",
    "a minute is how long",
    "when was the calendar invented",
    "should i call my sister more often",
    "what is the best way to remember names",
    "how much is a ticket to paris",
    "is ten minutes long enough to boil an egg",
    "what is a percent",
    "i added milk to my coffee",
    "what's the time difference between london and new york",
    "how old is the oldest note of music",
    "how many people speak chinese",
)
"""What sounds like a tool and is a question, or a tale."""
