"""How people may ask for what the built-in tools do, and for what none of them does.

Nothing here was made from the sentence templates in languages/ or from what a model was trained on:
it was written before there were any templates, so that it measures what they miss. Slots in braces
are filled from `values.SLOTS`; `{amount}` and `{unit}` are the two halves of a `measured`.
"""

from collections.abc import Mapping
from typing import Any

Phrasing = tuple[str, Mapping[str, Any]]


def asked_so(*phrases: str, **arguments: Any) -> tuple[Phrasing, ...]:
    """All of them mean a call with these `arguments`."""
    return tuple((phrase, arguments) for phrase in phrases)


ASKED: dict[str, tuple[Phrasing, ...]] = {
    "current_time": asked_so(
        "do you know what time it is",
        "what's the time right now",
        "what time is it please",
        "give me the time would you",
        "the time please",
        "how late is it now",
    ),
    "current_date": asked_so(
        "what is today's date please",
        "what weekday is it today",
        "do you know what day it is today",
        "which date is it today",
        "what year is it",
    ),
    "set_timer": (
        *asked_so(
            "begin a {duration} countdown",
            "time me for {duration}",
            "set the timer to {duration} would you",
            "can i have a timer for {duration}",
            "hey could you set a {duration} timer please",
            "tell me when {duration} are over",
            "count {duration} down please",
            "another timer for {duration}",
        ),
        *asked_so(
            "{duration} timer for the {label} please",
            "set a {label} timer for {duration}",
            "i want a timer of {duration} for my {label}",
        ),
    ),
    "cancel_timer": (
        *asked_so("please stop the timer", "delete that timer", "scrap the timer"),
        *asked_so("end the {label} timer", "forget about the {label} timer"),
    ),
    "timer_status": (
        *asked_so(
            "how long until the timer goes off",
            "how long have i got left on the timer",
            "when is the timer done",
            "how far along is my timer",
        ),
        *asked_so("how long does the {label} timer still have"),
    ),
    "set_alarm": (
        *asked_so(
            "wake me at {time}",
            "i want to get up at {time}, please wake me",
            "set me an alarm for {time}",
            "new alarm for {time}",
            "can you put on an alarm for {time}",
        ),
        *asked_so(
            "alarm for {time} {day}",
            "could you wake me {day} at {time} please",
            "{day} i must get up at {time}, set the alarm",
        ),
    ),
    "cancel_alarm": (
        *asked_so("turn the alarm off", "drop the alarm", "please cancel my alarm"),
        *asked_so("remove the {time} alarm", "i no longer need the alarm at {time}"),
    ),
    "list_alarms": asked_so(
        "which alarms do i have",
        "are there any alarms set",
        "when does my alarm go off",
        "show me the alarms",
    ),
    "set_reminder": (
        *asked_so(
            "{duration} from now remind me to {task}",
            "set a reminder to {task} in {duration}",
            "could you remind me in {duration} that i have to {task}",
            "in {duration} i need to {task}, remind me",
        ),
        *asked_so(
            "at {time} remind me to {task}",
            "set a reminder for {time} to {task}",
            "remind me that i have to {task} at {time}",
        ),
        *asked_so(
            "please remind me {day} at {time} to {task}", "remind me at {time} {day} to {task}"
        ),
        *asked_so("make a reminder to {task} {day} at {time}"),
    ),
    "list_reminders": asked_so(
        "which reminders have i set", "list all reminders", "what did i want to be reminded of"
    ),
    "cancel_reminder": asked_so(
        "forget the reminder to {task}",
        "no need to remind me to {task} anymore",
        "remove the reminder to {task}",
    ),
    "set_volume": (
        *asked_so(
            "put the volume on {level}",
            "change the volume to {level}",
            "turn it up to {level}",
            "sound level {level}",
        ),
        *asked_so("volume all the way up please", level=100),
        *asked_so("go to full volume", level=100),
    ),
    "change_volume": (
        *asked_so(
            "speak louder please",
            "you are too quiet",
            "turn your voice up a bit",
            "i'd like it a little louder",
            direction="up",
        ),
        *asked_so(
            "turn it down a notch",
            "lower the volume please",
            "softer please",
            "can you be a little quieter",
            direction="down",
        ),
    ),
    "calculate": asked_so(
        "what does {sum} equal",
        "compute {sum}",
        "how much does {sum} make",
        "what's {sum} please",
        "could you tell me what {sum} is",
        "{sum} is what",
        "i need to know what {sum} is",
    ),
    "convert": asked_so(
        "convert {amount} to {unit}",
        "{amount} is how many {unit}",
        "how much is {amount} in {unit}",
        "can you tell me how many {unit} {amount} are",
        "turn {amount} into {unit}",
        "give me {amount} in {unit}",
    ),
    "device_status": asked_so(
        "are all your systems okay",
        "how's the device",
        "how warm is the processor",
        "what is the state of the machine",
    ),
    "repeat": asked_so(
        "say that one more time",
        "what was that again",
        "i missed that, can you repeat it",
        "pardon, please say that again",
    ),
    "stop": asked_so("please stop", "you can stop talking now", "that is enough, stop it"),
    "mute": asked_so("mute yourself please", "please mute", "switch off your microphone"),
    "sleep": asked_so("please go to sleep", "you may sleep now", "take a nap now"),
    "forget": asked_so(
        "delete this conversation", "please forget what we said", "forget all we talked about"
    ),
    "call_person": (
        *asked_so(
            "i need to speak with a person", "connect me to a human", "can i talk to a real person"
        ),
        *asked_so("phone {person} for me", "give {person} a ring", "i want to call {person}"),
        *asked_so("tell {person} that {message}", "call {person} and let them know that {message}"),
    ),
    "add_to_list": (
        *asked_so(
            "add {item} to the groceries",
            "{item} on the shopping list please",
            "could you put {item} on our shopping list",
            "add {item} to the list",
            "we need {item}, add it to the list",
            "i want {item} on my shopping list",
        ),
        *asked_so("write {item} on my {list} list", "{list} list, add {item}"),
    ),
    "read_list": (
        *asked_so(
            "what's on the list",
            "read my shopping list to me",
            "what is there on our shopping list",
        ),
        *asked_so("what's on the {list} list", "tell me what is on my {list} list"),
    ),
    "remove_from_list": (
        *asked_so(
            "take {item} off my shopping list please",
            "strike {item} from the list",
            "i already have {item}, take it off the shopping list",
        ),
        *asked_so("remove {item} from my {list} list"),
    ),
    "add_note": asked_so(
        "make a note that {note}",
        "note this, {note}",
        "write this down, {note}",
        "please note that {note}",
    ),
    "read_notes": asked_so("which notes do i have", "read all my notes to me", "show me my notes"),
    "remember_fact": asked_so(
        "remember for me that {fact}",
        "you should know that {fact}",
        "i want you to remember that {fact}",
    ),
    "recall_facts": asked_so(
        "what do you know about {about}",
        "what did i tell you about {about}",
        "what do you remember about {about}",
    ),
    "search_documents": asked_so(
        "what does it say in my documents about {query}",
        "search the documents for {query}",
        "find {query} in my files please",
    ),
}
"""For each tool."""

DANGEROUS: dict[str, tuple[Phrasing, ...]] = {
    "clear_list": (
        *asked_so("clear my shopping list", "delete everything on the shopping list please"),
        *asked_so("empty the {list} list", "remove everything from my {list} list"),
    ),
    "forget_facts": asked_so(
        "forget everything about {about}", "you can forget what i told you about {about}"
    ),
}
"""For those that ask before they do anything."""

ANSWERS: tuple[tuple[str, bool], ...] = (
    ("yes, do that", True),
    ("go on then", True),
    ("okay", True),
    ("yes i am sure", True),
    ("of course", True),
    ("please do", True),
    ("no thank you", False),
    ("don't", False),
    ("cancel that", False),
    ("yes, but later", False),
    ("wait, let me think", False),
    ("which list do you mean", False),
)
"""What the person may say to its question, and whether that allows it."""

IMPOSSIBLE: tuple[str, ...] = (
    "switch on the television",
    "order a taxi to the station",
    "reserve a table for two tonight",
    "play the new song by adele",
    "write an email to the bank",
    "unlock the car",
    "set the thermostat to twenty degrees",
    "make a photo",
    "open the blinds in the bedroom",
    "print this page",
    "buy some shares for me",
    "vacuum the living room",
    "is it going to rain today",
    "when does the museum open",
    "what is in the news",
    "how did my team play",
    "water the plants",
    "next track please",
    "sing a duet with me on the radio",
    "turn off the heating at ten",
    "dim the lights to thirty percent",
    "send fifty euros to my landlord",
)
"""What none of the tools does: nothing may be called, and nothing may be claimed."""

RESEMBLING: tuple[str, ...] = (
    "what does a timer do",
    "why is an alarm so annoying",
    "how long is the river nile",
    "when does the shop close on sunday",
    "how do alarms work",
    "how loud is thunder",
    "what is the volume of a cube",
    "what time is it in new york",
    "how many minutes are there in a day",
    "on what date did the war end",
    "can you remember your first word",
    "why do old people forget names",
    "i heard an alarm in the street",
    "who made the first calculator",
    "what should be on a packing list",
    "she said stop and i went on",
    "how many hours does a baby sleep",
    "what is bigger than a million",
    "how many kilometers is it to the sun",
    "which animals can not make a sound, they are mute",
    "is two minutes a long time",
    "what do you think about reminders",
    "is it rude to call people after nine",
    "what's a note in music",
    "how much does a litre of milk weigh",
    "is half an hour enough for lunch",
    "what does percent mean",
    "milk was added to the soup",
    "at what time do children go to bed",
    "why are shopping lists useful",
    "was it loud at the concert",
    "who was called the great",
)
"""What sounds like a tool and is a question, or a tale."""
