"""Requests for lists, notes, what is to be remembered, documents, and calls to people."""

import random

from tools.train.chat import tool_words
from tools.train.chat.phrase_frames import wondering
from tools.train.chat.phrasing import Phrasings
from tools.train.chat.topics_tools import Asked, Request, copied, plain

_DO = "[please |can you |could you |would you |i want you to |||]"
_MY = "[my|the|our]"

ADD = Phrasings(
    (
        "have {i} on my list", "i want {i} on the list", "buy {i} next time put it on the list",
        "don't let me forget {i} at the shop", "i should buy {i}", "please add {i}",
        "please add {i} as well", "put {i} down", "we also need {i}", "there is no {i} left",
        "we need to get {i}", "enter {i} on the shopping list", "{i} should be on the list",
        "list {i}", "i need {i} from the shop", "{i} has to go on the shopping list",
        "add some more please {i}", "stick {i} on the shopping list", "get {i} on my list",
        "i would like {i} on the list", "our {i} is nearly gone",
        _DO + "[add|put] {i} [to|on] " + _MY + " shopping list",
        _DO + "[add|put] {i} [to|on] " + _MY + " list", "add {i}", "we need {i}",
        "we need more {i}",
        "we are out of {i}", "put {i} on it", "i need to buy {i}", "we have to buy {i}",
        "{i} on the shopping list", "{i} on the list please", "write {i} on the list",
        "write {i} on the shopping list", "we're out of {i}", "we ran out of {i}",
        "shopping list add {i}", "also add {i}", "and add {i}", "we have no more {i}",
        "get {i} on the shopping list", "i need {i} on my list", "note {i} on the shopping list",
        "include {i} in the shopping list", "put down {i} for shopping",
    ),
    ("we need more {i} put it on the list", "the shopping list needs {i}",
     "let {i} be on the shopping list", "{i} must go on the list"),
)  # fmt: skip
ADD_NAMED = Phrasings(
    (
        "have {i} on my {l} list", "i want {i} on the {l} list", "{i} should be on my {l} list",
        "enter {i} on the {l} list", "please add {i} to the {l} list", "stick {i} on the {l} list",
        "the {l} list should have {i}", "put down {i} on the {l} list", "for the {l} list {i}",
        "{l} list {i} please", "i would like {i} on my {l} list", "{i} has to go on the {l} list",
        _DO + "[add|put] {i} [to|on] " + _MY + " {l} list", "{i} on the {l} list",
        "write {i} on the {l} list", "{l} list add {i}", "i need {i} on the {l} list",
        "{i} on my {l} list please", "also put {i} on the {l} list", "note {i} on my {l} list",
        "include {i} in the {l} list", "get {i} on the {l} list",
    ),
    ("the {l} list needs {i}", "let {i} be on my {l} list"),
)  # fmt: skip
READ = Phrasings(
    (
        "how long is my list", "say what is on the list", "look at the shopping list",
        "check the shopping list", "give me the shopping list", "what is there to buy",
        "what's there to buy", "do we need anything", "is something on my shopping list",
        "what things do i have to buy", "name the things on my list", "tell me my shopping list",
        "i am at the shop what do we need", "what have we on the list", "the list please",
        "what does the shopping list say",
        "what is on " + _MY + " [shopping |]list", "what's on " + _MY + " [shopping |]list",
        _DO + "read " + _MY + " [shopping |]list", "tell me what is on the list",
        "what do we need to buy", "what do i have to buy", "what should i buy",
        "shopping list please",
        "what is on it", "the shopping list please", "show me the shopping list",
        "is there anything on the list", "what do i need from the shop", "read the list to me",
        "read out the shopping list", "what's on the list now", "what did i put on the list",
        "list what we need", *wondering("what is on the shopping list"),
    ),
    ("which things are on the shopping list", "go through the shopping list",
     "what have i got on my list"),
)  # fmt: skip
READ_NAMED = Phrasings(
    (
        "say what is on the {l} list", "look at my {l} list", "check the {l} list",
        "give me the {l} list", "is something on my {l} list", "name the things on the {l} list",
        "tell me my {l} list", "what does the {l} list say", "what have we on the {l} list",
        "what things are on my {l} list", "how long is my {l} list",
        "what is on " + _MY + " {l} list", "what's on " + _MY + " {l} list",
        _DO + "read " + _MY + " {l} list", "the {l} list please", "show me the {l} list",
        "is there anything on the {l} list", "read out my {l} list", "{l} list please",
        "tell me what is on the {l} list", "what did i put on the {l} list",
    ),
    ("which things are on the {l} list", "go through my {l} list"),
)  # fmt: skip
REMOVE = Phrasings(
    (
        "{i} is not needed", "we don't need {i}", "i have {i} now", "we have {i} now take it off",
        "{i} need not be on the list", "take {i} away from the list", "get rid of {i} on the list",
        "{i} should not be on the list", "leave {i} off the list", "no more {i} on the list",
        "off the list with {i}", "i don't want {i} on the list", "please remove {i}",
        "take {i} out of the list", "throw {i} off the list", "we got {i} already",
        "i already bought {i}", "wipe {i} from the list",
        _DO + "[remove|delete|take] {i} from " + _MY + " [shopping |]list", "remove {i}",
        "take {i} off " + _MY + " [shopping |]list", "cross {i} off the list", "i bought {i}",
        "we have {i} already", "no {i} on the list", "we don't need {i} anymore",
        "cross out {i} on the list", "scratch {i} from the list", "i got {i} take it off the list",
        "strike {i} off the shopping list", "get {i} off the list", "delete {i} on the list",
    ),
    ("{i} can come off the list", "drop {i} from the shopping list",
     "erase {i} from the shopping list"),
)  # fmt: skip
REMOVE_NAMED = Phrasings(
    (
        "take {i} away from the {l} list", "get rid of {i} on the {l} list",
        "{i} should not be on the {l} list", "leave {i} off my {l} list",
        "i don't want {i} on the {l} list", "please remove {i} from the {l} list",
        "take {i} out of the {l} list", "delete {i} on the {l} list", "strike {i} off my {l} list",
        "throw {i} off the {l} list",
        _DO + "[remove|delete|take] {i} from " + _MY + " {l} list", "take {i} off the {l} list",
        "cross {i} off my {l} list", "scratch {i} from the {l} list", "no {i} on the {l} list",
        "get {i} off the {l} list",
    ),
    ("{i} can come off the {l} list", "drop {i} from my {l} list"),
)  # fmt: skip
CLEAR = Phrasings(
    (
        "i want an empty list", "i want an empty shopping list",
        "the shopping list should be empty", "let the shopping list be empty", "begin a new list",
        "get rid of the list", "all things off the list", "nothing should be on the list",
        "reset the shopping list", "forget the shopping list",
        "we bought everything clear the list", "delete all items",
        "remove all things from the list", "empty out my list", "clean up the shopping list",
        _DO + "[clear|empty|delete|erase] " + _MY + " [shopping |]list",
        "start a new shopping list",
        "remove everything from the list", "take everything off the list", "wipe the shopping list",
        "delete everything on the list", "throw the shopping list away",
        "a new shopping list please",
        "the whole list can be deleted", "remove everything from my shopping list",
    ),
    ("make the shopping list empty", "get rid of the whole shopping list"),
)  # fmt: skip
CLEAR_NAMED = Phrasings(
    (
        "i want an empty {l} list", "the {l} list should be empty", "let the {l} list be empty",
        "begin a new {l} list", "get rid of the {l} list", "reset the {l} list",
        "forget my {l} list", "delete everything on the {l} list",
        "remove all things from the {l} list", "empty out the {l} list",
        "nothing should be on the {l} list",
        _DO + "[clear|empty|delete|erase] " + _MY + " {l} list", "start a new {l} list",
        "remove everything from the {l} list", "wipe the {l} list", "throw my {l} list away",
        "take everything off the {l} list",
    ),
    ("make the {l} list empty", "get rid of the whole {l} list"),
)  # fmt: skip
NOTE = Phrasings(
    (
        "i have a note {x}", "please note that {x}", "note this {x}", "keep a note that {x}",
        "put down that {x}", "put this in my notes {x}", "record that {x}", "note for me that {x}",
        "for my notes {x}", "i'd like to write down that {x}", "let me note that {x}",
        "can you note that {x}", "a new note {x}", "make the note that {x}", "write {x}",
        "enter a note {x}",
        _DO + "[make|take] a note [that |]{x}", "note that {x}", "note {x}",
        "write down [that |]{x}",
        "make a note {x}", "take this down {x}", "new note {x}", "add a note that {x}",
        "write a note that {x}", "put in my notes that {x}", "i want to note that {x}",
        "please write down that {x}", "save a note that {x}", "note down that {x}", "a note {x}",
        "jot down that {x}", "write this down {x}", "add to my notes that {x}", "take a note {x}",
    ),
    ("put it in writing that {x}", "here is a note {x}", "let my notes say that {x}"),
)  # fmt: skip
READ_NOTES = Phrasings(
    (
        "say my notes", "look at my notes", "check my notes", "give me my notes",
        "which notes do i have", "what notes are there", "how many notes do i have",
        "name my notes", "what have i noted", "what have i written down",
        "what is written in my notes", "read everything i noted", "i want to hear my notes",
        "what do the notes say", "did i note anything",
        _DO + "read [my|the] notes", "what are my notes", "what did i note", "what is in my notes",
        "my notes please", "tell me my notes", "do i have any notes", "show me my notes",
        "what did i write down", "read out my notes", "list my notes", "are there any notes",
        "read what i wrote down", "notes please", "what notes do i have",
        *wondering("what is in my notes"), "what's in my notes", "read me the notes",
    ),
    ("go through my notes", "what have i got in my notes", "let me hear my notes"),
)  # fmt: skip
REMEMBER = Phrasings(
    (
        "you must remember that {x}", "i tell you that {x} remember it",
        "make sure to remember that {x}", "take into your memory that {x}",
        "here is something to remember {x}", "please learn that {x}", "never forget that {x}",
        "for you to remember {x}", "put in your memory that {x}", "know this about me {x}",
        "i'd like you to remember that {x}", "be aware that {x}", "store this fact {x}",
        "keep this in memory {x}", "remember the following {x}",
        _DO + "remember that {x}", "remember {x}", "remember this {x}", "keep in mind that {x}",
        "don't forget that {x}", "you should know that {x}", "please remember {x}",
        "i want you to know that {x}", "for later {x} remember that", "learn that {x}",
        "store that {x}", "please keep in mind that {x}", "know that {x}", "memorize that {x}",
        "save in your memory that {x}", "please don't forget that {x}", "remember for me that {x}",
    ),
    ("bear in mind that {x}", "let it be known to you that {x}", "hold on to this {x}"),
)  # fmt: skip
RECALL = Phrasings(
    (
        "tell me about my {x} what did i say", "what was it about my {x}",
        "do you know anything about my {x}", "what facts do you know about my {x}",
        "what have you learned about my {x}", "tell me what i said about [my |the |]{x}",
        "tell me what you know about my {x}", "what do you have stored about [my |the |]{x}",
        "can you recall what i told you about [my |the |]{x}", "have you any memory of my {x}",
        "is there something you remember about my {x}",
        "what should you remember about [my |the |]{x}",
        "what do you know about my {x}", "what do you remember about [my |the |]{x}",
        "what did i tell you about [my |the |]{x}", "do you remember anything about my {x}",
        "what have you stored about [my |the |]{x}", "what did i say about [my |the |]{x}",
        "recall what i said about [my |the |]{x}", "remember what i told you about [my |the |]{x}",
        "do you remember what i told you about [my |the |]{x}", "did i tell you about my {x}",
        "what have i told you about [my |the |]{x}", "did i mention my {x}",
    ),
    ("which facts do you have about my {x}", "what is in your memory about [my |the |]{x}"),
)  # fmt: skip
RECALL_ALL = Phrasings(
    (
        "what facts do you know about me", "say what you remember about me",
        "do you remember anything about me", "do you know anything about me",
        "what have i told you about me", "what's in your memory", "tell me all that you remember",
        "what facts have you stored", "which things do you remember",
        "show me what you know about me", "have you learned something about me",
        "what do you have stored about me", "recall what you know about me",
        "what do you know about me", "what do you remember about me",
        "what have you stored about me",
        "what did i ask you to remember", "what do you remember", "tell me what you know about me",
        "what have you learned about me", "what did i tell you about me", "list what you remember",
        "tell me everything that you know about me", "which facts do you know about me",
        "what should you remember", "what did i tell you to remember", "read your memory",
        *wondering("what you know about me"),
    ),
    ("which facts have you kept about me", "what is in your memory about me"),
)  # fmt: skip
UNLEARN = Phrasings(
    (
        "you should forget my {x}", "i want you to forget [my |the |]{x}",
        "erase what i said about [my |the |]{x}", "delete the facts about [my |the |]{x}",
        "delete your memory of my {x}", "clear what you know about [my |the |]{x}",
        "lose what you know about my {x}", "get rid of what you know about [my |the |]{x}",
        "don't keep anything about my {x}", "take my {x} out of your memory",
        "forget the things about [my |the |]{x}",
        "forget what i told you about [my |the |]{x}", "forget what you know about [my |the |]{x}",
        "forget everything about [my |the |]{x}", "delete what you know about [my |the |]{x}",
        "delete what i told you about [my |the |]{x}", "forget the facts about [my |the |]{x}",
        "erase what you know about [my |the |]{x}", "don't remember anything about my {x}",
        "forget all about my {x}", "please forget what i said about [my |the |]{x}",
    ),
    ("drop the facts about [my |the |]{x}", "remove what you know about [my |the |]{x}"),
)  # fmt: skip
UNLEARN_ALL = Phrasings(
    (
        "you should forget me", "clear what you know about me",
        "get rid of what you know about me", "don't keep anything about me",
        "erase everything about me", "forget the things you know about me",
        "lose all facts about me", "erase everything you know about me",
        "forget all that you know about me", "delete the facts about me",
        "forget all you know about me", "delete what i told you about me",
        "forget what you know about me", "forget everything you know about me",
        "delete what you know about me", "erase all facts about me", "forget all facts about me",
        "delete everything you know about me", "forget everything about me",
        "delete all that you remember about me", "erase what you know about me",
        "forget all that i asked you to remember", "delete all your facts",
    ),
    ("drop all facts about me", "remove everything you know about me"),
)  # fmt: skip
SEARCH = Phrasings(
    (
        "do the documents say anything about {x}", "read up on {x} in the documents",
        "look into the documents for {x}", "i need the documents about {x}",
        "is {x} in the documents", "look through the documents for {x}",
        "where do the documents mention {x}", "what can i read about {x} in the documents",
        "tell me what the documents say about {x}", "look for {x}", "find {x} in the manual",
        "check the manual for {x}", "check the files for {x}", "what do my files say about {x}",
        "search our papers for {x}", "ask the manual about {x}",
        "i want to know what the manual says about {x}",
        _DO + "search [my|the|our] documents for {x}", "look up {x} in [my|the|our] documents",
        "what do [my|the|our] documents say about {x}", "look for {x} in the documents",
        "find {x} in [my|the|our] documents", "search for {x} in the documents",
        "is there anything about {x} in the documents", "what does the manual say about {x}",
        "look up {x} in the manual", "search the manual for {x}", "search the files for {x}",
        "what does the handbook say about {x}", "check the documents for {x}", "search for {x}",
        "look up {x}", "find documents about {x}", "search my files for {x}",
        "what is written about {x} in the documents", "search the documents about {x}",
    ),
    ("go through the documents for {x}", "what can you find about {x} in the documents",
     "see what the documents say about {x}"),
)  # fmt: skip
CALL = Phrasings(
    (
        "reach [my |the |]{n}", "i must speak to [my |the |]{n}", "could you phone {n}",
        "i want to call [my |the |]{n}", "i'd like to talk to [my |the |]{n}",
        "let me speak to [my |the |]{n}", "get hold of [my |the |]{n}",
        "bring [my |the |]{n} to the phone", "ask [my |the |]{n} to come to the phone",
        "have {n} called", "telephone [my |the |]{n}", "contact [my |the |]{n}",
        "put {n} on the phone", "try to reach [my |the |]{n}",
        "i would like to speak to [my |the |]{n}", "call up [my |the |]{n}", "link me with {n}",
        "can you get {n} for me",
        _DO + "call [my |the |]{n}", "call {n} please", "phone [my |the |]{n}",
        "ring [my |the |]{n}",
        "i want to talk to [my |the |]{n}", "i want to speak to [my |the |]{n}", "get me {n}",
        "give [my |the |]{n} a call", "make a call to [my |the |]{n}", "get {n} on the phone",
        "can i talk to [my |the |]{n}", "let me talk to [my |the |]{n}",
        "connect me to [my |the |]{n}",
        "connect me with [my |the |]{n}", "i need to speak to [my |the |]{n}", "dial {n}",
        "i would like to talk to [my |the |]{n}", "please phone [my |the |]{n}",
        "start a call to {n}",
        "put me through to [my |the |]{n}", "i need to call [my |the |]{n}",
    ),
    ("give {n} a ring", "please ring up [my |the |]{n}", "i wish to speak with [my |the |]{n}",
     "have [my |the |]{n} on the line for me"),
)  # fmt: skip
CALL_ANYBODY = Phrasings(
    (
        "i would like to talk to a person", "i'd like to talk to a human", "can a human help me",
        "let me speak to somebody", "please get a human", "may i talk to a person",
        "may i speak to someone", "i prefer a human", "i want somebody real",
        "can someone help me", "please call someone for me", "send for somebody",
        "send me a person", "i need a person", "i need somebody", "get help",
        "i must talk to a human", "transfer me to a human", "find me a human",
        "ask a person to come",
        "i need a human", "i want to talk to a person", "let me talk to a person", "call somebody",
        "i want to speak to a human", "get me a person", "call someone",
        "i need to talk to someone",
        "can i talk to a human", "give me a real person", "connect me to a person", "call for help",
        "get somebody to help me", "i want a human", "hand me over to a person", "get someone",
        "put me through to somebody", "i want to speak to somebody", "fetch somebody please",
        "a real person please", "can i speak to a real person",
    ),
    ("is there a person i can talk to", "bring in a human", "i'd rather speak with a person"),
)  # fmt: skip
CALL_SAYING = Phrasings(
    (
        "phone [my |the |]{n} and tell [him|her|them] that {m}",
        "call [my |the |]{n} to say that {m}", "call {n} and let [him|her|them] know that {m}",
        "reach [my |the |]{n} and say {m}", "ring [my |the |]{n} and tell [him|her|them] {m}",
        "contact [my |the |]{n} and say that {m}", "let [my |the |]{n} know by phone that {m}",
        "telephone {n} and say that {m}", "call up [my |the |]{n} and say {m}",
        "call [my |the |]{n} and say [that |]{m}",
        "call [my |the |]{n} and tell [him|her|them] {m}",
        "call [my |the |]{n} and tell [him|her|them] that {m}", "phone [my |the |]{n} and say {m}",
        "call [my |the |]{n} with the message {m}", "ring [my |the |]{n} and say that {m}",
        "give [my |the |]{n} a call and say {m}", "get {n} on the phone and say that {m}",
        "please call [my |the |]{n} and say that {m}",
    ),
    ("give {n} a ring and say {m}", "ring up [my |the |]{n} and let them know that {m}"),
)  # fmt: skip


def _listed(
    usual: Phrasings, named: Phrasings, tool: str, share: float, with_item: bool
) -> Request:
    def asked(rng: random.Random, held_out: bool) -> Asked:
        fields = {"i": tool_words.item(rng)} if with_item else {}
        arguments: dict[str, object] = {"item": fields["i"]} if with_item else {}
        if rng.random() > share:
            return Asked(usual.pick(rng, held_out, **fields), tool, arguments)
        name = rng.choice(tool_words.LISTS)
        user = named.pick(rng, held_out, l=name, **fields)
        return Asked(user, tool, arguments | {"list": name})

    return asked


def _person(rng: random.Random) -> str:
    return tool_words.person(rng) if rng.random() < 0.9 else rng.choice(tool_words.PLACES)


def _call_saying(rng: random.Random, held_out: bool) -> Asked:
    name, message = _person(rng), tool_words.message(rng)
    user = CALL_SAYING.pick(rng, held_out, n=name, m=message)
    return Asked(user, "call_person", {"name": name, "message": message})


REQUESTS: tuple[tuple[Request, float], ...] = (
    (_listed(ADD, ADD_NAMED, "add_to_list", 0.3, True), 9),
    (_listed(READ, READ_NAMED, "read_list", 0.35, False), 4),
    (_listed(REMOVE, REMOVE_NAMED, "remove_from_list", 0.3, True), 6),
    (_listed(CLEAR, CLEAR_NAMED, "clear_list", 0.4, False), 3),
    (copied(NOTE, "add_note", "x", "text", tool_words.statement), 5),
    (plain(READ_NOTES, "read_notes"), 2.5),
    (copied(REMEMBER, "remember_fact", "x", "text", tool_words.statement), 5),
    (copied(RECALL, "recall_facts", "x", "about", tool_words.thing), 2.5),
    (plain(RECALL_ALL, "recall_facts"), 1.5),
    (copied(UNLEARN, "forget_facts", "x", "about", tool_words.thing), 2.5),
    (plain(UNLEARN_ALL, "forget_facts"), 1.5),
    (copied(SEARCH, "search_documents", "x", "query", tool_words.query), 5),
    (copied(CALL, "call_person", "n", "name", _person), 4),
    (plain(CALL_ANYBODY, "call_person"), 2),
    (_call_saying, 2.5),
)
