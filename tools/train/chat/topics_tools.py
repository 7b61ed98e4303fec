"""Requests for the clock, timers, alarms, reminders, the volume and the device itself."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tools.train.chat import tool_words
from tools.train.chat.facts import DAYS
from tools.train.chat.number_words import words
from tools.train.chat.phrase_frames import asking, wondering
from tools.train.chat.phrasing import Phrasings
from tools.train.chat.spoken_time import adjective, duration, moment, time_of_day


@dataclass(frozen=True)
class Asked:
    """A request and the call that it is to lead to."""

    user: str
    tool: str
    arguments: dict[str, object]


Request = Callable[[random.Random, bool], Asked]

_DO = "[please |can you |could you |would you |i want you to |i'd like you to |||]"

TIME = Phrasings(
    (
        "what's the time now please", "look at the clock", "how late have we got",
        "is it noon yet", "what time have we got", "may i know the time", "which time is it",
        "tell me how late it is", "say the time", "read the clock to me", "the exact time please",
        "time now", "do you know the hour", "i lost track of time what time is it",
        "what time is it [now|right now||]", "what's the time [now|please|]", "the time please",
        "do you have the time", "how late is it", "what time do we have", "give me the time",
        "what does the clock say", "check the time", "current time", "what is the current time",
        "what is the time", "time please", "how late is it now", "what's the clock saying",
        "i need to know what time it is", "is it late already", "what hour is it",
        *wondering("what time it is"), *asking("the time"), *asking("the current time"),
    ),
    ("tell me the time", "what's the hour", "have you got the time", "so how late is it"),
)  # fmt: skip
DATE = Phrasings(
    (
        "what's the day", "the day please", "today is what day", "today is which date",
        "what's the month", "which date is it today", "is it friday today", "read me the date",
        "what day of the month is it", "say today's date", "i forgot what day it is",
        "what is the day of the week", "are we in june", "which weekday is it",
        "do you know the date",
        "what is the date [today|]", "what's the date [today|]", "what day is it [today|]",
        "what's today's date", "what is today's date", "what day is today", "what day do we have",
        "what is the day today", "today's date please", "what date is it", "what month is it",
        "what year is it", "which year is this", "what is today", "the date please", "is it monday",
        "what day of the week is it", "which month is it now", "is today a sunday",
        "what year do we have", *wondering("what day it is"), *wondering("what the date is"),
        *asking("today's date"), *asking("the date"),
    ),
    ("can you tell me today's date", "which day is today", "what date do we have today",
     "which day of the week is it today"),
)  # fmt: skip
SET_TIMER = Phrasings(
    (
        "make it {d} on the timer", "{d} please on the timer", "have the timer run for {d}",
        "tell me when {d} have passed", "alert me in {d}", "let the timer run for {d}",
        "i want to be told in {d}", "count {d} for me", "notify me after {d}", "buzz me in {d}",
        "i could use a timer for {d}", "get a timer going for {d}", "give a signal in {d}",
        "keep time for {d}", "timer of {d}", "begin a timer for {d}", "i want {d} on the clock",
        "call me in {d}", "would you start a {a} timer", "have a {a} timer ready", "new {a} timer",
        "a {a} one please on the timer", "set up a timer for {d}", "set up a {a} timer",
        "turn on a timer for {d}", "give me {d}",
        _DO + "[set|start|make|create] a timer for {d}", _DO + "[set|start|make] a {a} timer",
        "a {a} timer", "{a} timer please", "i need a {a} timer", "timer {d}",
        "timer for {d}", "{d} timer", "i need a timer for {d}", "i want a timer for {d}",
        "count down {d}", "start a countdown of {d}", "set the timer to {d}", "{d} on the timer",
        "set [me|us] a timer for {d}", "wake me in {d}", "tell me when {d} are over",
        "let me know in {d}", "start the timer for {d}", "put a timer on for {d}", "time {d}",
        "a timer of {d} please", "a timer for {d} please", "ring in {d}", "set timer {d}",
        "give me {d} on the timer", "new timer {d}", "start timing {d}", "run a timer for {d}",
        "another timer for {d}", "and a timer for {d}", "can you time {d} for me",
        "i'd like a timer for {d}", "beep in {d}", "set a timer of {d}", "set timer for {d}",
    ),
    ("i need a timer of {d}", "make it ring in {d}", "give me a timer for {d}",
     "please have a timer go for {d}", "could i have a {a} timer"),
)  # fmt: skip
SET_LABELLED = Phrasings(
    (
        "{d} for the {l}", "{d} for the {l} please", "the {l} takes {d}",
        "the {l} has to go for {d} start a timer", "i am making {l} tell me in {d}",
        "set up a {l} timer for {d}", "begin a {l} timer of {d}", "have a {l} timer run for {d}",
        "i need {d} for the {l}", "count down {d} for the {l}",
        "tell me in {d} that the {l} is ready", "a timer of {d} for the {l}",
        "new timer called {l} for {d}", "give the {l} {d}", "run a {l} timer for {d}",
        "keep time for the {l} {d}",
        _DO + "[set|start|make] a {l} timer for {d}", _DO + "set a timer for {d} for the {l}",
        "{l} timer {d}", "start a timer for the {l} for {d}", "set a {a} timer for the {l}",
        "a {a} timer for the {l}",
        "i need a timer for {d} for the {l}", "set a timer called {l} for {d}",
        "timer for the {l} {d}", "a {l} timer for {d} please", "the {l} needs {d} set a timer",
        "set a {a} {l} timer", "name it {l} and set a timer for {d}", "time the {l} for {d}",
        "start a {a} timer for {l}", "set a timer named {l} for {d}", "{d} for the {l} timer",
    ),
    ("give me a {l} timer of {d}", "put {d} on a timer for the {l}",
     "start the {l} timer with {d}"),
)  # fmt: skip
CANCEL_TIMER = Phrasings(
    (
        "the timer is not needed", "i changed my mind about the timer", "let the timer be",
        "no timer please", "the timer should stop", "don't run the timer", "leave out the timer",
        "shut the timer off", "switch the timer off", "please halt the timer",
        "break off the timer", "undo the timer", "you can cancel the timer",
        "the timer is no longer needed", "i want the timer gone", "skip the timer",
        _DO + "[cancel|stop|delete|clear|remove|end|turn off] the timer", "no more timer",
        "cancel my timer", "stop my timer", "timer off", "timer stop", "cancel timer",
        "forget the timer", "i don't need the timer anymore", "turn the timer off",
        "kill the timer",
        "get rid of the timer", "switch off the timer", "cancel that timer", "end my timer",
        "stop timer", "throw the timer away", "abort the timer",
    ),
    ("please drop the timer", "the timer can go", "take the timer off"),
)  # fmt: skip
CANCEL_LABELLED = Phrasings(
    (
        "the {l} timer is not needed", "no {l} timer please", "the {l} is ready cancel its timer",
        "shut the {l} timer off", "break off the {l} timer", "undo the {l} timer",
        "the {l} timer is no longer needed", "i want the {l} timer gone",
        "leave out the {l} timer", "switch off the {l} timer", "get rid of the {l} timer",
        "throw away the {l} timer",
        _DO + "[cancel|stop|delete|clear|remove|end] the {l} timer", "{l} timer off",
        "cancel the timer for the {l}", "stop the timer called {l}", "forget the {l} timer",
        "i don't need the {l} timer anymore", "turn off the {l} timer", "cancel my {l} timer",
        "cancel the timer named {l}", "turn the {l} timer off", "stop my {l} timer",
    ),
    ("please drop the {l} timer", "the {l} timer can go"),
)  # fmt: skip
TIMER_STATUS = Phrasings(
    (
        "how long have i got", "is the timer done", "what is the timer at",
        "give me the time on the timer", "how much is left",
        "how long do i have to wait for the timer", "has the timer finished",
        "is my timer still going", "tell me about the timer", "read the timer",
        "how many seconds are left", "what remains on the timer", "when will my timer go off",
        "are any timers on", "how long will the timer take", "time left please", "timer how long",
        "show me the timer", "is the timer nearly done",
        "how much time is left [on the timer|]", "how long is left on the timer",
        "how long does the timer have", "what's left on the timer", "check the timer",
        "when does the timer ring", "when is the timer done", "timer status",
        "is the timer running",
        "how is the timer doing", "how many minutes are left on the timer", "what about the timer",
        "how long until the timer rings", "is there a timer running", "status of the timer",
        "how much longer does the timer run", "do i have a timer", "where is the timer at",
        "which timers are running", "how much time have i left", "what timers are set",
        *wondering("how much time is left"), *wondering("how long the timer has"),
    ),
    ("how far is the timer", "how much more time on the timer", "what does the timer say"),
)  # fmt: skip
STATUS_LABELLED = Phrasings(
    (
        "is the {l} timer done", "what is the {l} timer at", "has the {l} timer finished",
        "how long for the {l} still", "when will the {l} timer go off",
        "tell me about the {l} timer", "how many minutes for the {l}", "read the {l} timer",
        "what remains on the {l} timer", "how long will the {l} timer take",
        "is my {l} timer still going", "time left for the {l}",
        "how much time is left on the {l} timer", "how long is left on the {l} timer",
        "how long does the {l} timer have", "check the {l} timer", "when is the {l} timer done",
        "how is the {l} timer doing", "when does the {l} timer ring", "{l} timer status",
        "what about the {l} timer", "how much longer for the {l} timer", "is the {l} timer running",
        "what's left on the {l} timer", "how much time for the {l} timer",
    ),
    ("how far is the {l} timer", "what does the {l} timer say"),
)  # fmt: skip
SET_ALARM = Phrasings(
    (
        "let there be an alarm for {w}", "have the alarm ring for {w}",
        "i could use an alarm for {w}", "set up an alarm for {w}", "alarm at {w}",
        "get an alarm for {w}", "my alarm should be for {w}", "program an alarm for {w}",
        "activate an alarm for {w}", "enter an alarm for {w}", "make my alarm {w}",
        "i want my alarm for {w}", "prepare an alarm for {w}", "would you put an alarm for {w}",
        "i need to be woken for {w} set an alarm",
        _DO + "[set|make|create] an alarm for {w}", "alarm for {w}", "an alarm for {w} please",
        "i need an alarm for {w}", "i want an alarm for {w}", "set the alarm for {w}",
        "set my alarm for {w}", "put an alarm on for {w}", "set an alarm {w}", "new alarm for {w}",
        "i'd like an alarm for {w}", "set me an alarm for {w}", "alarm clock for {w}",
        "set the alarm clock for {w}", "another alarm for {w}", "set alarm for {w}",
        "add an alarm for {w}", "turn on an alarm for {w}", "schedule an alarm for {w}",
        "set the alarm to {w}",
    ),
    ("start the alarm for {w}", "could i have an alarm for {w}", "give me an alarm for {w}",
     "please have the alarm ready for {w}"),
)  # fmt: skip
WAKE = Phrasings(
    (
        "get me awake {w}", "i have to be up {w}", "i want to be woken {w}",
        "i want to get up {w}", "i must wake up {w}", "i should be up {w}", "please get me up {w}",
        "wake the family {w}", "wake me please {w}", "i'd like to get up {w}",
        "help me wake up {w}", "don't let me sleep past then wake me {w}",
        "i will get up {w} wake me", "let me wake up {w}", "i need waking {w}",
        "could you get me up {w}",
        _DO + "wake me [up |]{w}", "i want to wake up {w}", "i need to get up {w}",
        "i have to get up {w}", "get me up {w}", "wake us [up |]{w}", "i must be up {w}",
        "i'd like to be woken {w}", "let me sleep until then and wake me {w}", "ring {w}",
        "set an alarm {w}", "i have to wake up {w}", "i need to be awake {w}",
        "make sure i am up {w}", "please wake me {w}",
    ),
    ("get me out of bed {w}", "i should be woken up {w}", "see that i wake up {w}"),
)  # fmt: skip
CANCEL_ALARM = Phrasings(
    (
        "the alarm is not needed", "no alarm tomorrow", "the alarm should be off",
        "shut the alarm off", "undo the alarm", "i want the alarm gone",
        "the alarm is no longer needed", "let me sleep no alarm", "break off the alarm",
        "leave out the alarm", "don't ring tomorrow", "throw away the alarm",
        "i changed my mind about the alarm", "i will sleep in cancel the alarm", "skip the alarm",
        _DO + "[cancel|delete|clear|remove|turn off|switch off] the alarm", "alarm off",
        "cancel my alarm", "delete my alarm", "no alarm please", "cancel alarm", "no more alarm",
        "i don't need the alarm anymore", "turn the alarm off", "forget the alarm",
        "get rid of the alarm", "cancel that alarm", "don't wake me", "you need not wake me",
        "turn my alarm off", "cancel the wake up alarm",
    ),
    ("please drop the alarm", "the alarm can go", "do not wake me up after all"),
)  # fmt: skip
CANCEL_ALARM_AT = Phrasings(
    (
        "the alarm at {t} is not needed", "shut off the alarm for {t}", "undo the alarm for {t}",
        "skip the {t} alarm", "no {t} alarm please", "leave out the alarm at {t}",
        "get rid of the {t} alarm", "the {t} alarm should be off", "don't wake me at {t}",
        "i want the {t} alarm gone", "throw away the alarm for {t}",
        _DO + "[cancel|delete|clear|remove|turn off] the alarm [for|at] {t}",
        "cancel my {t} alarm", "turn off my {t} alarm", "i don't need the alarm at {t}",
        "delete the {t} alarm", "cancel the {t} alarm", "no alarm at {t}", "forget the {t} alarm",
        "remove my alarm for {t}", "switch off the alarm for {t}",
    ),
    ("please drop the alarm at {t}", "the alarm for {t} can go"),
)  # fmt: skip
LIST_ALARMS = Phrasings(
    (
        "say which alarms there are", "look up my alarms", "how many alarms are there",
        "at which times are my alarms", "for when is my alarm set",
        "is there something set to wake me", "give me all the alarms",
        "what time will you wake me", "what about my alarms", "will you wake me tomorrow",
        "name my alarms", "check my alarms", "when am i woken", "do any alarms ring tomorrow",
        "alarms please",
        "which alarms are set", "what alarms are set", "what alarms do i have", "list my alarms",
        "list the alarms", "do i have an alarm", "is there an alarm", "when is my alarm",
        "is an alarm set", "tell me my alarms", "read me my alarms", "what are my alarms",
        "when will you wake me", "when does the alarm ring", "show my alarms", "my alarms please",
        "which alarms do i have", "did i set an alarm", "is my alarm on", "are there any alarms",
        "what time is my alarm set for", *wondering("which alarms are set"), *asking("my alarms"),
    ),
    ("what alarms have i got", "go through my alarms", "at what time will the alarm go off"),
)  # fmt: skip
REMIND = Phrasings(
    (
        "tell me to {x} later", "please don't forget to remind me to {x}",
        "help me remember to {x}", "make sure that i {x}", "i want to be reminded to {x}",
        "i must not forget to {x}", "write a reminder to {x}", "have a reminder for me to {x}",
        "new reminder to {x}", "set up a reminder to {x}",
        _DO + "remind me to {x}", "set a reminder to {x}", "make a reminder to {x}",
        "i need to remember to {x} remind me", "give me a reminder to {x}", "a reminder to {x}",
        "add a reminder to {x}", "i need a reminder to {x}", "please remind me to {x}",
        "create a reminder to {x}", "remind us to {x}",
    ),
    ("don't let me forget to {x}", "put in a reminder to {x}"),
)  # fmt: skip
REMIND_IN = Phrasings(
    (
        "let me be reminded in {d} to {x}", "i want to be reminded in {d} to {x}",
        "help me remember in {d} to {x}", "please say in {d} that i should {x}",
        "reminder in {d} {x}", "in {d} i have to {x} remind me", "make sure i {x} in {d}",
        "{d} from now remind me to {x}", "i must {x} in {d} remind me",
        "set up a reminder in {d} to {x}", "have a reminder in {d} to {x}",
        "alert me in {d} to {x}", "when {d} are over remind me to {x}",
        _DO + "remind me in {d} to {x}", _DO + "remind me to {x} in {d}", "in {d} remind me to {x}",
        "set a reminder to {x} in {d}", "set a reminder in {d} to {x}", "a reminder in {d} to {x}",
        "remind me [after|in] {d} that i have to {x}", "tell me in {d} to {x}",
        "i have to {x} in {d} remind me", "give me a reminder in {d} to {x}",
        "i need a reminder in {d} to {x}", "tell me to {x} in {d}", "in {d} tell me to {x}",
        "let me know in {d} that i need to {x}",
    ),
    ("don't let me forget to {x} in {d}", "put in a reminder to {x} in {d}",
     "after {d} please remind me to {x}"),
)  # fmt: skip
REMIND_AT = Phrasings(
    (
        "let me be reminded {w} to {x}", "i want to be reminded {w} to {x}",
        "help me remember {w} to {x}", "please say {w} that i should {x}", "reminder {w} {x}",
        "{w} i have to {x} remind me", "make sure i {x} {w}", "i must {x} {w} remind me",
        "set up a reminder {w} to {x}", "have a reminder {w} to {x}", "alert me {w} to {x}",
        "write a reminder to {x} {w}", "{w} tell me to {x}",
        _DO + "remind me {w} to {x}", _DO + "remind me to {x} {w}", "{w} remind me to {x}",
        "set a reminder {w} to {x}", "set a reminder to {x} {w}", "tell me {w} to {x}",
        "a reminder {w} to {x}", "remind me {w} that i have to {x}", "i have to {x} {w} remind me",
        "give me a reminder {w} to {x}", "i need a reminder {w} to {x}", "tell me to {x} {w}",
        "make a reminder to {x} {w}",
    ),
    ("don't let me forget to {x} {w}", "put in a reminder to {x} {w}",
     "{w} please remind me to {x}"),
)  # fmt: skip
LIST_REMINDERS = Phrasings(
    (
        "say which reminders there are", "look up my reminders", "how many reminders are there",
        "give me all the reminders", "what about my reminders", "name my reminders",
        "check my reminders", "read out the reminders", "what do i need to be reminded of",
        "which reminders are there", "reminders please", "what was i going to be reminded of",
        "what have you to remind me of", "tell me what i should not forget",
        "what are my reminders", "which reminders do i have", "what reminders are set",
        "list my reminders", "list the reminders", "read my reminders", "do i have any reminders",
        "are there any reminders", "tell me my reminders", "what did i want to be reminded of",
        "show my reminders", "my reminders please", "what do i have to remember",
        "what will you remind me of", "is there a reminder", "did i set a reminder",
        *asking("my reminders"), *wondering("which reminders i have"),
    ),
    ("what reminders have i got", "go through my reminders", "what should you remind me of"),
)  # fmt: skip
CANCEL_REMINDER = Phrasings(
    (
        "the reminder is not needed", "undo the reminder", "leave out the reminder",
        "i want the reminder gone", "the reminder is no longer needed", "throw away the reminder",
        "skip the reminder", "no reminder please", "i don't want to be reminded",
        "break off the reminder", "shut off the reminder", "i changed my mind about the reminder",
        _DO + "[cancel|delete|clear|remove] the reminder", "cancel my reminder", "no more reminder",
        "forget the reminder", "i don't need the reminder anymore", "delete my reminder",
        "cancel that reminder", "get rid of the reminder", "don't remind me",
        "you need not remind me", "remove my reminder",
    ),
    ("please drop the reminder", "the reminder can go"),
)  # fmt: skip
CANCEL_REMINDER_OF = Phrasings(
    (
        "the reminder to {x} is not needed", "undo the reminder to {x}",
        "leave out the reminder to {x}", "the reminder to {x} is no longer needed",
        "throw away the reminder to {x}", "skip the reminder to {x}",
        "i don't want to be reminded to {x}", "i want the reminder to {x} gone",
        "i need not {x} cancel the reminder",
        _DO + "[cancel|delete|clear|remove] the reminder to {x}", "cancel my reminder to {x}",
        "don't remind me to {x}", "forget the reminder to {x}", "you need not remind me to {x}",
        "i don't need the reminder to {x} anymore", "delete my reminder to {x}",
        "no need to remind me to {x}", "get rid of the reminder to {x}",
    ),
    ("please drop the reminder to {x}", "the reminder to {x} can go"),
)  # fmt: skip
SET_VOLUME = Phrasings(
    (
        "have the volume at {n}", "make it {n} percent loud", "i want the volume to be {n}",
        "give me {n} percent volume", "let the volume be {n}", "change your loudness to {n}",
        "sound at {n}", "set the sound to {n}", "set it to {n} percent volume",
        "speak at {n} percent", "adjust the volume to {n}", "put the sound at {n} percent",
        "your volume should be {n}", "make your volume {n}",
        _DO + "[set|turn|put|change] the volume to {n} [percent|]", "volume {n} [percent|]",
        "set volume to {n}", "volume to {n} [percent|]", "volume at {n} percent",
        "i want volume {n}",
        "turn the volume [up|down] to {n} [percent|]", "set your volume to {n}",
        "make the volume {n} percent", "put your volume at {n}", "speak at volume {n}",
        "set the loudness to {n} percent", "turn it [up|down] to {n} percent",
        "sound to {n} percent",
    ),
    ("bring the volume to {n} percent", "i'd like the volume at {n}", "go to volume {n}"),
)  # fmt: skip
FULL_VOLUME = Phrasings(
    ("full volume", "maximum volume", "set the volume to maximum", "volume to the maximum",
     "as loud as you can", "turn the volume all the way up", "turn it all the way up",
     "volume to full", "set the volume to full", "volume to the max", "loudest volume"),
    ("put the volume on full", "all the way up with the volume"),
)  # fmt: skip
LOUDER = Phrasings(
    (
        "i want you louder", "it is too quiet", "it's too soft", "talk a bit louder",
        "speak with more volume", "i am hard of hearing speak louder", "a bit more volume",
        "can you be a little louder", "loud please", "much louder", "say that louder",
        "could you turn it up", "you sound too soft", "i cannot hear you",
        "i couldn't hear that louder please", "give me more volume", "make yourself louder",
        "turn yourself up", "speak loudly",
        _DO + "[speak|talk] [louder|up]", "louder [please|]", "turn up the volume", "volume up",
        "turn the volume up", "make it louder", "turn it up [please|a bit|]", "a bit louder",
        "i can't hear you [well|]", "you are too quiet", "you're too quiet", "speak up please",
        "raise the volume", "increase the volume", "i can hardly hear you", "more volume",
        "say it louder", "louder louder", "could you be louder", "raise your voice",
        "too quiet", "pump up the volume", "a little louder please", "be louder",
    ),
    ("you should be louder", "up with the volume", "i don't hear you well speak up"),
)  # fmt: skip
SOFTER = Phrasings(
    (
        "i want you quieter", "it's too loud", "talk a bit quieter", "speak with less volume",
        "the baby sleeps speak softly", "a bit less volume", "can you be a little quieter",
        "softly please", "much quieter", "say that quieter", "could you turn it down",
        "you sound too loud", "my ears hurt turn it down", "that was too loud",
        "give me less volume", "make yourself quieter", "speak softly", "don't shout",
        "not that loud",
        _DO + "[speak|talk] [quieter|softer|more quietly]", "quieter [please|]", "volume down",
        "turn down the volume", "turn the volume down", "make it quieter", "not so loud [please|]",
        "turn it down [please|a bit|]", "a bit quieter", "you are too loud", "you're too loud",
        "lower the volume", "decrease the volume", "less volume", "softer please",
        "that is too loud",
        "reduce the volume", "too loud", "lower your voice", "a little quieter please",
        "be quieter", "could you be quieter", "less loud please", "that's too loud",
    ),
    ("you should be quieter", "down with the volume", "it is too loud for me"),
)  # fmt: skip
STATUS = Phrasings(
    (
        "how well are you running", "is your battery full", "what is your temperature",
        "are you too hot", "how is the system", "are all systems fine", "tell me about the device",
        "how is your hardware", "is something wrong with the device", "do you have enough memory",
        "how much battery is left", "how full is your disk", "check your systems",
        "how long are you running already", "is the board hot", "report your status",
        "is the machine healthy", "what's going on inside the device", "give me the device status",
        "test the device", "how is the board",
        "how is the device", "device status", "status report", "what is your status",
        "what's the status of the device", "how hot are you", "how warm is the device",
        "how is the battery", "how full is the battery", "battery status",
        "check the device", "system status", "is everything working", "are you running well",
        "how much memory do you have left", "how much space is left on the disk", "check yourself",
        "how is the processor", "how is your temperature", "run a check",
        "how long have you been running", "give me a status report", "is the device okay",
        "status please", "what is the state of the device", "is your network working",
        "system check", "are there any problems with you", *asking("the status of the device"),
        *wondering("how hot the device is"),
    ),
    ("how are your systems doing", "tell me the device status", "what's your battery at",
     "does everything work on the device"),
)  # fmt: skip
REPEAT = Phrasings(
    (
        "say that again", "can you say that again", "repeat that", "what did you say",
        "once more please", "please repeat that", "can you repeat that", "i did not hear that",
        "again please", "pardon", "repeat please", "come again", "one more time", "repeat it",
        "what was it you said", "please say it again", "i missed that", "i didn't catch that",
        "say it once more", "repeat what you said", "could you say that again",
    ),
    ("what was that", "could you repeat that please", "sorry what did you say"),
)  # fmt: skip
STOP = Phrasings(
    (
        "stop the alarm from ringing", "stop ringing now", "be still with that ringing",
        "i heard the alarm stop ringing", "stop the sound", "end the ringing", "quit ringing",
        "quit beeping", "silence the ringing", "shut off that noise", "stop making that noise",
        "that's enough ringing", "no ringing", "hush the beeping",
        "stop ringing", "stop beeping", "stop that noise", "stop the noise", "stop the ringing",
        "make it stop ringing", "stop the beeping", "no more beeping", "turn that noise off",
        "turn off that noise", "end that noise", "stop that sound", "no more ringing",
        "okay stop ringing", "i am awake stop ringing", "stop that ringing", "stop this noise",
    ),
    ("please stop the beeping noise", "enough with the ringing"),
)  # fmt: skip
MUTE = Phrasings(
    (
        "be deaf for a while", "mute now", "please turn off the microphone", "go on mute",
        "no microphone now", "close the microphone", "i don't want you to listen",
        "you don't need to listen now", "stop hearing me", "set yourself to mute",
        "silence your microphone", "the microphone should be off", "i need privacy stop listening",
        "pause listening", "quit listening",
        "mute", _DO + "mute yourself", _DO + "mute the microphone", "turn off your microphone",
        "turn the microphone off", "stop listening", "don't listen", "do not listen now",
        "mute please", "mic off", "mute the mic", "switch off the microphone", "please mute",
        "you should not listen now", "close your ears", "turn your ears off", "no listening please",
        "stop listening to me", "stop listening please", "microphone off",
    ),
    ("please don't listen for now", "put yourself on mute", "i want the microphone off"),
)  # fmt: skip
SLEEP = Phrasings(
    (
        "sleep", "you should sleep now", "good night go to sleep", "go and sleep", "be asleep",
        "have a rest", "enter sleep mode", "enter standby", "you can go to bed",
        "sleep until i call you", "into standby please", "go idle", "turn to sleep",
        "sleep tight go to sleep", "switch to standby", "i don't need you now go to sleep",
        _DO + "go to sleep", "sleep now", "go to standby", "go into standby", "sleep mode",
        "you can sleep now", "take a nap", "time to sleep", "standby", "rest now",
        "go back to sleep",
        "you may sleep", "switch to sleep mode", "get some sleep", "you can rest now",
        "sleep please",
        "go into sleep mode", "that is all go to sleep", "start sleep mode", "wait for your name",
    ),
    ("off to sleep with you", "please fall asleep", "put yourself to sleep"),
)  # fmt: skip
FORGET = Phrasings(
    (
        "forget this talk", "forget our talk", "clear what we said", "let's begin anew",
        "reset the conversation", "reset yourself", "lose everything i said", "delete this talk",
        "start from the beginning", "clear our conversation", "remove this conversation",
        "drop this conversation from memory", "start fresh", "begin again",
        "don't keep this conversation", "don't remember what we said", "forget it all",
        _DO + "forget [everything|our conversation|this conversation|all that]",
        "forget everything we said", "forget what we talked about", "erase this conversation",
        "delete this conversation", "delete our conversation", "wipe your memory",
        "clear your memory",
        "start over", "start a new conversation", "new conversation", "forget all of it",
        "erase everything", "forget all that i said", "let's start over", "clear the conversation",
        "delete everything i said", "forget everything i said", "delete what we said",
    ),
    ("make our conversation disappear", "please forget all we said", "begin a new conversation"),
)  # fmt: skip


def plain(ways: Phrasings, tool: str, **arguments: object) -> Request:
    """Requests that always lead to the same call."""
    return lambda rng, held_out: Asked(ways.pick(rng, held_out), tool, dict(arguments))


def copied(
    ways: Phrasings, tool: str, field: str, key: str, text: Callable[[random.Random], str]
) -> Request:
    """Requests with a text that the call takes over as ``key``."""

    def asked(rng: random.Random, held_out: bool) -> Asked:
        said = text(rng)
        return Asked(ways.pick(rng, held_out, **{field: said}), tool, {key: said})

    return asked


def label(rng: random.Random) -> str:
    """What a timer is for."""
    return rng.choice(tool_words.LABELS) if rng.random() < 0.85 else tool_words.noun(rng)


def set_timer(rng: random.Random, held_out: bool) -> Asked:
    """A timer, sometimes with a name."""
    said, seconds = duration(rng)
    if rng.random() < 0.75:
        user = SET_TIMER.pick(rng, held_out, d=said, a=adjective(said))
        return Asked(user, "set_timer", {"seconds": seconds})
    name = label(rng)
    user = SET_LABELLED.pick(rng, held_out, d=said, a=adjective(said), l=name)
    return Asked(user, "set_timer", {"seconds": seconds, "label": name})


def cancel_timer(rng: random.Random, held_out: bool) -> Asked:
    """The only timer, or one by name."""
    if rng.random() < 0.55:
        return Asked(CANCEL_TIMER.pick(rng, held_out), "cancel_timer", {})
    return copied(CANCEL_LABELLED, "cancel_timer", "l", "label", label)(rng, held_out)


def timer_status(rng: random.Random, held_out: bool) -> Asked:
    """How long a timer still runs."""
    if rng.random() < 0.6:
        return Asked(TIMER_STATUS.pick(rng, held_out), "timer_status", {})
    return copied(STATUS_LABELLED, "timer_status", "l", "label", label)(rng, held_out)


def set_alarm(rng: random.Random, held_out: bool) -> Asked:
    """An alarm at a time of day."""
    ways, lead = (SET_ALARM, "for") if rng.random() < 0.6 else (WAKE, "at")
    said, arguments = moment(rng, lead)
    return Asked(ways.pick(rng, held_out, w=said), "set_alarm", dict(arguments))


def cancel_alarm(rng: random.Random, held_out: bool) -> Asked:
    """The only alarm, or the one at a time."""
    if rng.random() < 0.5:
        return Asked(CANCEL_ALARM.pick(rng, held_out), "cancel_alarm", {})
    said, time = time_of_day(rng)
    return Asked(CANCEL_ALARM_AT.pick(rng, held_out, t=said), "cancel_alarm", {"time": time})


def set_reminder(rng: random.Random, held_out: bool) -> Asked:
    """A reminder after a while, at a time of day, or without either."""
    text, chance = tool_words.task(rng), rng.random()
    if chance < 0.2:
        return Asked(REMIND.pick(rng, held_out, x=text), "set_reminder", {"text": text})
    if chance < 0.55:
        said, seconds = duration(rng)
        user = REMIND_IN.pick(rng, held_out, d=said, x=text)
        return Asked(user, "set_reminder", {"text": text, "seconds": seconds})
    if chance < 0.65:
        day = rng.choice(("tomorrow", "tomorrow", "today", *DAYS))
        said, arguments = (f"on {day}" if day in DAYS else day), {"day": day}
    else:
        said, arguments = moment(rng, "at")
    user = REMIND_AT.pick(rng, held_out, w=said, x=text)
    return Asked(user, "set_reminder", {"text": text, **arguments})


def cancel_reminder(rng: random.Random, held_out: bool) -> Asked:
    """The only reminder, or the one with a text."""
    if rng.random() < 0.45:
        return Asked(CANCEL_REMINDER.pick(rng, held_out), "cancel_reminder", {})
    return copied(CANCEL_REMINDER_OF, "cancel_reminder", "x", "text", tool_words.task)(
        rng, held_out
    )


def set_volume(rng: random.Random, held_out: bool) -> Asked:
    """A volume in percent."""
    if rng.random() < 0.1:
        return Asked(FULL_VOLUME.pick(rng, held_out), "set_volume", {"level": 100})
    level = rng.choice((10 * rng.randint(1, 10), 5 * rng.randint(0, 20), rng.randint(0, 100)))
    user = SET_VOLUME.pick(rng, held_out, n=words(level))
    return Asked(user, "set_volume", {"level": level})


def change_volume(rng: random.Random, held_out: bool) -> Asked:
    """Louder or quieter."""
    ways, way = rng.choice(((LOUDER, "up"), (SOFTER, "down")))
    return Asked(ways.pick(rng, held_out), "change_volume", {"direction": way})


REQUESTS: tuple[tuple[Request, float], ...] = (
    (plain(TIME, "current_time"), 3),
    (plain(DATE, "current_date"), 3),
    (set_timer, 10),
    (cancel_timer, 3),
    (timer_status, 3),
    (set_alarm, 10),
    (cancel_alarm, 4),
    (plain(LIST_ALARMS, "list_alarms"), 2.5),
    (set_reminder, 12),
    (plain(LIST_REMINDERS, "list_reminders"), 2.5),
    (cancel_reminder, 3.5),
    (set_volume, 3.5),
    (change_volume, 4),
    (plain(STATUS, "device_status"), 3.5),
    (plain(STOP, "stop"), 1.5),
    (plain(MUTE, "mute"), 2),
    (plain(SLEEP, "sleep"), 2),
    (plain(FORGET, "forget"), 2),
)
