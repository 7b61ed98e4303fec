"""Documents made up for measuring, and questions to them: a half to tune by, a half held out.

A question's line is `question | document | words of a right answer`, or `question | -` where no
document answers it: small talk, what everybody knows, or a near miss (the documents touch on it,
and do not say it). The words of a right answer are separated by commas; all have to be spoken. The
halves share no document and no question; the second was looked at when everything was tuned.
"""

from dataclasses import dataclass

DOCUMENTS = {
    "tuning": {
        "guest-house.md": """\
# Hillside Guest House

Welcome to the guest house. We hope that you will feel at home.

## Arriving and leaving

Rooms are ready from three in the afternoon. On the day you leave, please hand in your key by eleven
in the morning. A late check-out until two in the afternoon costs fifteen euros; ask the day before.

If you arrive after nine in the evening, you find your key in the grey box beside the front door.
Its code is sent to you by text message on the day of your arrival.

## Breakfast

Breakfast is served in the garden room from seven to ten, on Sundays from eight to eleven. Packed
breakfasts for early trains can be ordered until six the evening before.

## Wi-Fi

The network is called Hillside-Guest. You find the password on the card in your room. In the cellar
there is no reception.

## Parking

Behind the house there are eight parking spaces, free of charge. The two beside the hedge have a
charging point for electric cars; charging costs 45 cents per kilowatt-hour.

## Pets

Dogs are welcome in the rooms on the ground floor. They cost eight euros a night. They are not
allowed in the garden room.

## Laundry

A washing machine and a dryer are in the cellar. Tokens are sold at the front desk for three euros.
""",
        "coffee-machine.md": """\
# Coffee Machine

## Making coffee

1. Put a cup under the spout.
2. Press the button with the bean.
3. Wait for the second beep before you take the cup.

## Cleaning

The milk tube has to be rinsed every evening: put its end into a cup of warm water and press the
button with the drop. The drip tray is emptied when the red float shows.

## Descaling

The machine asks for it about every two months: the light with the wave blinks.

- Empty the tank.
- Fill it with half a litre of water and one sachet of descaler.
- Hold the button with the wave for five seconds.
- Wait for twenty minutes, then rinse with two tanks of fresh water.

Sachets are in the cupboard above the sink. Never use vinegar: it eats away the seals.

## Faults

| light | meaning | what to do |
|---|---|---|
| red, steady | no water | fill the tank |
| red, blinking | brewing unit jammed | take it out, rinse it, put it back |
| yellow | grounds container full | empty it while the machine is on |
""",
        "staff-handbook.md": """\
# Staff Handbook

## Working hours

The working week has 38 hours. Everybody has to be reachable from ten to three. Overtime is taken as
time off within three months; it is not paid out.

## Holidays

There are 28 days of holiday a year. Up to five days may be carried over until the end of March. Ask
for holidays at least two weeks ahead, in the calendar.

## Being ill

Call the office before nine on the first day. A doctor's note is needed from the fourth day on.

## Working from home

Up to three days a week can be worked from home. On Tuesdays everybody comes in, since the whole
team meets at half past nine. Screens and chairs for home are lent by the office manager.

## Travel

Train tickets are booked second class. Flights within the country are not reimbursed. Hotels may
cost up to 120 euros a night. Hand in receipts within thirty days.

## Parental leave

Tell us at least seven weeks before it is to begin. During it you keep your laptop and your key.

## Training

Everyone has a training budget of 900 euros a year. It can be spent on courses, books and
conferences.
""",
        "greenhouse.txt": """\
LOOKING AFTER THE GREENHOUSE

Tomatoes are watered every morning, at the root and never over the leaves, because wet leaves catch
blight. In hot weeks they are watered in the evening as well. They are fed with seaweed fertiliser
every ten days from the first flowers on.

Cucumbers like it warmer than the tomatoes. Keep them at the south end, and mist them at noon. Pick
them while they are no longer than a hand.

The roof windows open by themselves at 24 degrees. If the motor fails, there is a crank on the hook
beside the door. The heater comes on below five degrees and needs a new gas bottle about every three
weeks in winter.

Against aphids, we use soapy water, one spoonful of soft soap to a litre. We do not use poison.
Slugs are collected at dusk.

The rain barrel holds 300 litres. When it is empty, the tap behind the shed may be used, but not
between noon and four.
""",
        "first-aid.md": """\
# First Aid in This Building

The defibrillator hangs on the wall opposite the lift on the second floor. First-aid boxes are in
every kitchen and in the workshop.

## Burns

Hold the burn under running cool water for at least ten minutes. Do not put cream or ice on it.
Cover it loosely with a clean cloth.

## Cuts

Press a clean dressing on the cut and hold it up. If it bleeds through, put a second one on top and
leave the first where it is.

## Something in the eye

Rinse the eye with the bottle from the green box for fifteen minutes. Do not rub it.

## Fire

The assembly point is on the car park beside the chestnut tree. Do not use the lifts. Fire
extinguishers are beside every staircase; the one in the server room is filled with carbon dioxide.
""",
        "boat-club.md": """\
---
title: Rules of the Boat Club
---
# Welcome

The club was founded in 1962 and has a slipway, a boat house and a club room.

# Boats

Boats are booked on the board in the boat house, for three hours at most. Nobody rows alone between
November and March. Life jackets are worn by everybody under sixteen, and by all when the water is
colder than ten degrees.

Whoever damages a boat writes it into the red book and tells the boat warden the same day.

# Membership

The yearly fee is 140 euros, for students 60. It is due on the first of February. One may leave the
club at the end of a year; this has to be written to the board by the end of September.

# The club room

Members may rent the club room for parties. It costs 80 euros and a deposit of 100. Music ends at
eleven. The last one out turns off the water at the main tap under the stairs.
""",
        "library.md": """\
# Town Library

## Opening hours

| day | hours |
|---|---|
| Monday | closed |
| Tuesday to Friday | 10 to 18 |
| Saturday | 10 to 14 |

The reading room closes a quarter of an hour earlier. The return slot beside the entrance is open
day and night.

## Borrowing

Books can be borrowed for four weeks, films and games for one week. A loan can be extended twice,
unless somebody has reserved the item. Each reader may have twenty items at a time.

## Library card

A card is free for children. Adults pay 18 euros a year. Bring an identity card and, if it does not
show your address, a letter that does. A lost card is replaced for four euros.

## Late returns

For each item, 20 cents are due per day. After six weeks the item has to be replaced.

## Printing

Black-and-white pages cost ten cents, colour pages forty. Printers take coins only.
Scanning is free.
""",
        "heat-pump.md": """\
# Heat Pump: Operating Manual

## Setting the temperature

To change the room temperature:

1. Touch the display to wake it.
2. Choose the room.
3. Turn the ring until the temperature you want is shown.

The pump needs several hours to follow. Lowering it at night saves hardly anything.

## Hot water

Hot water is heated to 48 degrees. Once a week, in the night to Monday, it is heated to 62 degrees
against legionella. For extra hot water, press the drop for three seconds.

## Filters

Clean the air filter every three months: pull it out to the left, vacuum it, and push it back until
it clicks. Replace it once a year.

## Error codes

- E1: the outdoor sensor does not answer. Call the service.
- E4: the flow is too low. Bleed the radiators and fill up to 1.5 bar.
- E7: the outdoor unit is iced up. Wait for an hour; it thaws by itself.

## Noise

A hum when it defrosts is normal. Rattling means that the cover has come loose.

## Guarantee

The guarantee lasts five years, the compressor's ten, provided that it is serviced every two years.
""",
        "clinic-visitors.md": """\
# Visiting Patients

Visitors are welcome every day from two to seven. In intensive care, only two visitors at a time,
for half an hour, and after a call to the ward.

Children under twelve come with an adult. Flowers are not allowed in intensive care and on the
transplant ward.

Please clean your hands at the dispensers beside every door. Stay at home with a cough, a fever or
an upset stomach.

## Getting here

Bus 12 stops at the main entrance every fifteen minutes. The car park charges two euros an hour; the
first thirty minutes are free. Wheelchairs stand ready in the entrance hall and take a one-euro
coin.

## Eating

The cafeteria on the ground floor is open from eight to six, at weekends from ten to five. Vending
machines are on every floor beside the lifts.

## Telephones

Mobile phones may be used, except where a sign forbids it. Patients' telephones cost 1.50 euros a
day; the cards for them are sold by the machine in the hall.
""",
        "allotment.txt": """\
Allotment Garden Rules
======================

Gardens are to be looked after at all times of the year. A third of each garden has to be used for
fruit and vegetables.

Quiet hours
-----------

Machines may be used on weekdays from eight to one and from three to seven. On Sundays and public
holidays no machine may be used at all.

Huts and trees
--------------

A hut may cover no more than 24 square metres, its porch included. Nobody may live in it. Trees that
grow taller than four metres are not permitted; walnut trees and conifers may not be planted.
Hedges are cut to 1.2 metres, but not between March and September, because birds nest in them.

Water
-----

Water is turned on in the middle of April and off at the end of October. The meter is read on the
last Saturday in October.

Bonfires
--------

Bonfires are forbidden. Charcoal grills may be used if nobody is bothered by the smoke.

Community work
--------------

Each garden owes eight hours of community work a year. An hour not worked costs twenty euros.
""",
        "projector.md": """\
# Meeting Room: Projector and Sound

## Showing your screen

Plug the cable from the table into your computer. If nothing is shown, press Source on the remote
control until the word HDMI appears. Without a cable, open the address on the welcome screen and
type the four digits.

## The lamp

The lamp takes a minute to warm up. Let the fan run down before you switch it off at the wall,
otherwise the lamp bursts. Spare lamps are kept by the caretaker, extension 417.

## Microphones

Wireless microphones are in the top drawer. Their batteries last for six hours. Put them back into
the charger with the light facing you. When there is whistling, keep away from the loudspeakers or
turn down the blue slider.

## Booking

The room is booked at the reception. It holds thirty people. Catering has to be ordered two days
before.
""",
        "sourdough.md": """\
# Sourdough Bread

## The starter

Feed the starter once a week with equal parts of flour and water. It lives in the fridge in the jar
with the blue lid. Before baking, let it stand at room temperature overnight.

## The dough

Mix 500 grams of flour, 350 grams of water, 100 grams of starter and 10 grams of salt. Fold it four
times, every half hour. Then let it rise for six hours.

## Baking

Heat the oven to 250 degrees with the pot inside. Bake for 25 minutes with the lid on, then for 20
minutes without it. The bread is done when it sounds hollow.

## When it goes wrong

- A flat loaf: the dough has risen for too long.
- Large holes under the crust: it has risen too short.
- A gummy crumb: it was cut while it was warm. Let it cool for two hours.
""",
    },
    "held out": {
        "care-home.md": """\
# Maple Court: Everyday Life

## Meals

Lunch is at noon, supper at half past five. Whoever would rather eat in their room tells the kitchen
by ten. Guests can join lunch for seven euros if they are announced a day before.

## Laundry and cleaning

Clothes are collected on Mondays and Thursdays and come back after two days. Every piece has to
carry a name tag; the sewing room puts them in for nothing. Rooms are vacuumed twice a week.

## Hairdresser and foot care

The hairdresser comes on Wednesdays, the chiropodist on the first Friday of the month. Appointments
are made at the reception.

## Outings

The minibus goes to town on Tuesdays at ten and comes back at one. There is room for two
wheelchairs.

## Emergencies

Pull the red cord in the bathroom or press the button on the wristband. Somebody will come within
three minutes.

## Keys

A new room key costs thirty euros. Relatives may be given a key of their own against a signature.
""",
        "e-bike.md": """\
# City E-Bike

## Charging the battery

Charge the battery between 5 and 30 degrees. A full charge takes four and a half hours. The battery
may stay on the bicycle or be taken out with the key.

## Range

With the assistance on Eco, a charge lasts for about 110 kilometres, on Turbo for 45. Cold weather
costs a fifth of that.

## Tyres and brakes

Pump the tyres to 3.5 bar in front and 4 bar behind. Have the brake pads replaced when they are
thinner than one millimetre.

## Walking assistance

Hold the minus key for two seconds, and the bicycle pushes itself at walking speed.

## What the display says

- 503: the speed sensor has lost its magnet. Push the magnet on the spoke back towards the sensor.
- 540: the motor is too hot. Let it cool down for a quarter of an hour.
- 602: the battery does not answer. Take it out, wipe the contacts, put it back.

## Cleaning

Never use a high-pressure cleaner. Oil the chain every 300 kilometres.
""",
        "holiday-flat.txt": """\
The Flat by the Lake

The main water valve is under the kitchen sink. Please close it when you leave for longer than two
days. The fuse box is behind the mirror in the corridor.

Rubbish is sorted: paper goes into the blue bin, packaging into the yellow one, and the rest into
the black one. The bins are put out on Thursday evening. Glass is taken to the container beside the
church.

The stove needs small logs of beech. Open the damper fully before you light it, and close it by half
once the fire burns well. Ash is only emptied when it has been cold for a day.

Bed linen is in the chest in the bedroom, towels are on the shelf above the bath. Leave used linen
in the tub.

The rowing boat may be used from May to September. Its oars stand in the shed, the key of which
hangs beside the fridge. Children wear a life vest.

The nearest bakery is in the village, ten minutes on foot; it opens at half past six, on Sundays at
eight.
""",
        "lab-rules.md": """\
---
title: Laboratory Safety
---

# Before you begin

Goggles and a lab coat are worn by everybody, always. Long hair is tied back. Eating and drinking
are forbidden.

# Chemicals

| chemical | kept in | disposed of in |
|---|---|---|
| acetone | yellow cabinet | canister A |
| hydrochloric acid | blue cabinet | neutralised, then canister C |
| ethanol | yellow cabinet | canister A |

Acid is poured into water, never the other way round. Every bottle carries the date on which it was
opened; ether is thrown away after three months.

# Accidents

If acid gets on the skin, rinse it for fifteen minutes under the emergency shower beside the door.
Spilled mercury is reported to the safety officer at once, extension 2206. Broken glass goes into
the metal bucket, not into the waste-paper basket.

# Machines

The centrifuge may only be started when its load is balanced. The autoclave runs at 121 degrees for
twenty minutes. Whoever is alone in the laboratory does not use the fume cupboard.
""",
        "choir.md": """\
# Chamber Choir

We rehearse every Thursday from half past seven to half past nine in the school hall. Whoever cannot
come tells the section leader by noon.

## Concerts

The spring concert is on the second Sunday in May, the Christmas concert on the third Saturday in
December. We wear black with a green scarf. Be there an hour before it begins.

## Scores

Scores are lent for a season. A lost score costs what the publisher charges. Pencil marks are to be
rubbed out before scores are handed back.

## Fees

The subscription is 20 euros a month; for those under 25 it is half. New singers sing three
rehearsals without paying, and then audition with a song of their choice.

## Weekend away

In October we spend a weekend in the mountain hostel. It costs 95 euros with meals.
""",
    },
}

QUESTIONS = {
    "tuning": """\
what time is breakfast | guest-house.md | seven to ten
when can i have breakfast on sundays | guest-house.md | eight to eleven
how do i get the key if i arrive late | guest-house.md | grey box
when do i have to leave my room | guest-house.md | eleven
how much is a late check-out | guest-house.md | fifteen euros
can i bring my dog | guest-house.md | ground floor
what's the name of the wifi network | guest-house.md | Hillside-Guest
where do i find the wi-fi password | guest-house.md | card in your room
where can i charge my electric car | guest-house.md | hedge
what does charging the car cost | guest-house.md | 45 cents
is there a washing machine | guest-house.md | cellar
where can i park | guest-house.md | Behind the house
how do i descale the coffee machine | coffee-machine.md | Empty the tank, descaler
how do i make a coffee | coffee-machine.md | button with the bean
what does the yellow light mean | coffee-machine.md | grounds container
why is the red light blinking on the coffee machine | coffee-machine.md | jammed
can i use vinegar in the coffee machine | coffee-machine.md | Never use vinegar
how often does the milk tube have to be rinsed | coffee-machine.md | every evening
where are the sachets of descaler | coffee-machine.md | cupboard above the sink
how many days of holiday do i have | staff-handbook.md | 28
can i carry over my holidays to next year | staff-handbook.md | five days
when do i need a doctor's note | staff-handbook.md | fourth day
how often may i work from home | staff-handbook.md | three days a week
is overtime paid | staff-handbook.md | not paid out
what is the training budget | staff-handbook.md | 900 euros
how much may a hotel cost | staff-handbook.md | 120 euros
on what day does the team meet | staff-handbook.md | Tuesdays
what do i do when i am ill | staff-handbook.md | Call the office
how long do i have to hand in receipts | staff-handbook.md | thirty days
how often are tomatoes watered | greenhouse.txt | every morning
at what temperature do the roof windows open | greenhouse.txt | 24 degrees
what do we use against aphids | greenhouse.txt | soapy water
how much does the rain barrel hold | greenhouse.txt | 300 litres
when do the tomatoes need fertiliser | greenhouse.txt | ten days
where is the crank for the windows | greenhouse.txt | beside the door
where is the defibrillator | first-aid.md | opposite the lift
how long do i have to cool a burn | first-aid.md | ten minutes
what should i do if i get something in my eye | first-aid.md | Rinse
where is the assembly point in case of fire | first-aid.md | chestnut
where are the fire extinguishers | first-aid.md | staircase
how long can a boat be booked | boat-club.md | three hours
what is the yearly fee for students | boat-club.md | 60
who has to wear a life jacket | boat-club.md | under sixteen
can i rent the club room for a party | boat-club.md | rent the club room
when was the club founded | boat-club.md | 1962
what do i do if i damage a boat | boat-club.md | red book
what do the documents say about parental leave | staff-handbook.md | seven weeks
look up the deposit for the club room | boat-club.md | 100
what does the staff handbook say about flights | staff-handbook.md | not reimbursed
hello how are you | -
what is the capital of france | -
tell me a joke | -
what's your name | -
how far is the moon from the earth | -
who wrote hamlet | -
what is twelve times seven | -
thank you very much | -
how do i boil an egg | -
what is the weather like tomorrow | -
what time is it | -
what day is it today | -
i had a lovely breakfast this morning | -
my dog is called rex | -
how many legs does a spider have | -
when was napoleon born | -
is there a swimming pool | -
how much does the coffee machine cost | -
who is the boat warden's wife | -
do you like tomatoes | -
what colour are tomatoes | -
how old is the guest house | -
where can i buy stamps | -
how many employees does the company have | -
what is the password of the router in the office | -
how do i cook cucumbers | -
who won the football match yesterday | -
how do i treat a broken leg | -
can you recommend a restaurant | -
what is the meaning of life | -
how tall is a giraffe | -
how do i get to the airport | -
when is the next train to berlin | -
can dogs eat chocolate | -
what is a heart attack | -
look up the price of gold | -
what do the documents say about dragons | -
search the documents for the dress code | -
what is the salary of the office manager | -
why is the sky blue | -
how long do tomatoes live | -
what is the square root of sixteen | -
when is the library open on saturday | library.md | 10 to 14
is the library open on mondays | library.md | closed
how long can i borrow a film | library.md | one week
how often can a loan be extended | library.md | twice
what does a library card cost for adults | library.md | 18 euros
i lost my library card, what does a new one cost | library.md | four euros
how much is a colour page | library.md | forty
can i return books at night | library.md | slot
what is the fine for late returns | library.md | 20 cents
how many items may i borrow at a time | library.md | twenty
what do i have to bring to get a card | library.md | identity card
how do i change the room temperature on the heat pump | heat-pump.md | Turn the ring
how hot is the hot water | heat-pump.md | 48 degrees
how often does the air filter have to be cleaned | heat-pump.md | three months
what does error e4 mean | heat-pump.md | flow is too low
what should i do about e7 | heat-pump.md | Wait for an hour
how long is the guarantee on the compressor | heat-pump.md | ten
why is the heat pump rattling | heat-pump.md | cover has come loose
how do i get extra hot water | heat-pump.md | press the drop
when are the visiting hours | clinic-visitors.md | two to seven
can i bring flowers to intensive care | clinic-visitors.md | not allowed
which bus goes to the main entrance | clinic-visitors.md | Bus 12
what does the car park cost | clinic-visitors.md | two euros
when is the cafeteria open at the weekend | clinic-visitors.md | ten to five
where do i find a wheelchair | clinic-visitors.md | entrance hall
how much is a patient's telephone | clinic-visitors.md | 1.50
how many visitors are allowed in intensive care | clinic-visitors.md | two visitors
when may i mow with a machine on weekdays | allotment.txt | eight to one
how big may the hut be | allotment.txt | 24 square metres
when is the water turned off | allotment.txt | October
am i allowed to plant a walnut tree | allotment.txt | may not be planted
how high may a hedge be | allotment.txt | 1.2 metres
are bonfires allowed | allotment.txt | forbidden
how many hours of community work do i owe | allotment.txt | eight hours
may i live in the hut | allotment.txt | Nobody
where are the wireless microphones | projector.md | top drawer
how long do the batteries of the microphones last | projector.md | six hours
the projector shows nothing, what can i do | projector.md | Source
who has spare lamps | projector.md | caretaker
how many people does the meeting room hold | projector.md | thirty
what can i do against the whistling | projector.md | loudspeakers
when does catering have to be ordered | projector.md | two days
how often do i feed the starter | sourdough.md | once a week
how much salt goes into the dough | sourdough.md | 10 grams
how hot should the oven be | sourdough.md | 250
how long does the bread bake | sourdough.md | 25 minutes
why is my loaf flat | sourdough.md | risen for too long
where is the starter kept | sourdough.md | fridge
what do my documents say about legionella | heat-pump.md | 62 degrees
look up the rules for charcoal grills | allotment.txt | Charcoal
search the documents for scanning | library.md | free
good morning | -
how are you doing today | -
tell me a story about a dragon | -
who painted the mona lisa | -
what is the largest planet | -
how many days does february have | -
what is nine plus thirty | -
spell the word rhythm | -
i baked a bread yesterday and it was great | -
the library was really quiet | -
who invented the telephone | -
how does a heat pump work | -
what is the best book of all time | -
where was shakespeare born | -
how much does a projector cost | -
when do walnuts ripen | -
how many calories does bread have | -
what is the phone number of the clinic | -
who is the head of the library | -
is there a playground | -
how do i bake a chocolate cake | -
what is the speed of light | -
should i take an umbrella | -
do you have children | -
what is legionella named after | -
how long does a bus last | -
which films are showing at the cinema | -
how much is a cup of coffee in the cafeteria | -
how do i fix a flat tyre | -
are you listening | -
can i pay by credit card | -
what is the melting point of salt | -
how far away is the next hospital | -
when was the allotment founded | -
what is the population of india | -
how do i tie a tie | -
how do i water orchids | -
look up the recipe for pancakes | -
what do the documents say about unicorns | -
search my documents for a tax number | -
what is the wifi password of the clinic | -
who won the world cup | -
what is in the news | -
""",
    "held out": """\
when is lunch | care-home.md | noon
what time do we have supper | care-home.md | half past five
how much does lunch cost for guests | care-home.md | seven euros
on which days is laundry collected | care-home.md | Mondays
who sews in the name tags | care-home.md | sewing room
when does the hairdresser come | care-home.md | Wednesdays
what day is the chiropodist here | care-home.md | first Friday
when does the minibus go to town | care-home.md | Tuesdays
what do i do in an emergency | care-home.md | red cord
how much is a new room key | care-home.md | thirty euros
how long does it take to charge the battery of the e-bike | e-bike.md | four and a half hours
how far can i ride on turbo | e-bike.md | 45
what pressure do the tyres need | e-bike.md | 3.5 bar
what does error 540 mean | e-bike.md | too hot
the display shows 503, what should i do | e-bike.md | magnet on the spoke
how often do i have to oil the chain | e-bike.md | 300 kilometres
can i clean the bike with a high pressure cleaner | e-bike.md | Never
how do i turn on the walking assistance | e-bike.md | minus key
when do the brake pads have to be replaced | e-bike.md | one millimetre
where is the main water valve | holiday-flat.txt | kitchen sink
where is the fuse box | holiday-flat.txt | mirror
which bin is for paper | holiday-flat.txt | blue bin
when do the bins have to be put out | holiday-flat.txt | Thursday
where are the towels | holiday-flat.txt | shelf
how do i light the stove | holiday-flat.txt | damper
when does the bakery open on sundays | holiday-flat.txt | eight
where do i find the oars | holiday-flat.txt | shed
where do i take empty glass bottles | holiday-flat.txt | church
where is acetone kept | lab-rules.md | yellow cabinet
how is hydrochloric acid disposed of | lab-rules.md | canister C
can i drink in the laboratory | lab-rules.md | forbidden
what do i do if i get acid on my skin | lab-rules.md | fifteen minutes
who do i tell about spilled mercury | lab-rules.md | safety officer
what do i do with broken glass | lab-rules.md | metal bucket
at what temperature does the autoclave run | lab-rules.md | 121
how long can ether be kept | lab-rules.md | three months
when are rehearsals | choir.md | Thursday
when is the christmas concert | choir.md | third Saturday
what do we wear at concerts | choir.md | black
how much is the subscription | choir.md | 20 euros
what does the weekend in the mountains cost | choir.md | 95 euros
what happens if i lose a score | choir.md | publisher
what do the documents say about life vests | holiday-flat.txt | life vest
look up the number of the safety officer | lab-rules.md | 2206
search the documents for the centrifuge | lab-rules.md | balanced
good evening | -
can you hear me | -
sing me a song | -
who discovered america | -
how many minutes are in a day | -
what is the boiling point of water | -
how high is mount everest | -
what is three hundred divided by five | -
my battery is empty again | -
we had a lovely concert last week | -
who is the conductor of the choir | -
how much does an e-bike cost | -
what is the address of the flat | -
how deep is the lake | -
how many residents live here | -
when did mozart die | -
what is acetone made of | -
how do i fix a puncture | -
what do swans eat | -
is there a dentist nearby | -
can i smoke in my room | -
why do leaves turn red | -
how do i bake bread | -
what is the fastest animal | -
which planet has rings | -
do you know any good films | -
are you a robot | -
what shall i cook tonight | -
how long does it take to fly to japan | -
what does a magnet do | -
how strong is the motor | -
when is easter this year | -
who invented the bicycle | -
what is a choir | -
how is glass made | -
can i get a refund | -
look up the number of the fire brigade | -
what do the documents say about pensions | -
search my documents for the warranty | -
where can i buy a new phone | -
""",
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question; the document that answers it ("" where none does), and what has to be said."""

    text: str
    document: str
    told: tuple[str, ...]


def questions(half: str) -> list[Labelled]:
    """The labelled questions of a half."""
    found = []
    for line in QUESTIONS[half].splitlines():
        text, document, told = [*line.split(" | "), ""][:3]
        words = tuple(word.strip() for word in told.split(",") if word)
        found.append(Labelled(text, "" if document == "-" else document, words))
    return found
