"""Common words by kind, for requests about things that the starter model does not know."""

NAMES: tuple[str, ...] = tuple(
    """
anna emma olivia sophia mary susan linda karen nancy betty helen sandra donna carol ruth sharon
laura sarah jessica amy angela alice rose grace julia lucy maria james john robert michael
william david richard joseph thomas charles daniel matthew anthony mark paul steven andrew
kenneth george joshua kevin brian edward ronald timothy jason jeffrey ryan jacob gary nicholas
eric jonathan stephen larry frank scott peter henry jack oliver harry oscar leo max ben sam tom
kate jane clara ella lily mia zoe eva nora martha simon philip victor walter arthur albert hugo
felix martin adam alan ahmed fatima omar priya ravi chen wei yuki carlos diego elena ivan olga
pierre marie hans
""".split()
)

SURNAMES: tuple[str, ...] = tuple(
    """
smith jones brown taylor wilson davies evans thomas johnson roberts walker wright robinson
thompson white hughes edwards green hall wood harris lewis martin jackson clarke turner hill
scott cooper morris ward moore king baker harrison morgan allen james parker bennett young
campbell mitchell cook carter anderson miller davis garcia martinez lopez patel khan singh
murphy kelly murray stewart ross gray fisher stone
""".split()
)

FOODS: tuple[str, ...] = tuple(
    """
apple,banana,orange,pear,peach,plum,cherry,grape,lemon,lime,melon,strawberry,raspberry,potato,tomato,onion,garlic,carrot,cabbage,lettuce,spinach,broccoli,pepper,cucumber,mushroom,corn,rice,pasta,noodles,bread,butter,cheese,milk,cream,yogurt,egg,eggs,bacon,ham,beef,pork,turkey,fish,soup,salad,sandwich,pizza,burger,cake,pie,cookie,biscuit,chocolate,sugar,salt,flour,oil,vinegar,honey,jam,coffee,tea,water,juice,wine,beer,cereal,oats,beans,lentils,nuts,almonds,raisins,ice
cream,olive oil,orange juice,peanut butter,green beans
""".replace("\n", " ")
    .strip()
    .split(",")
)

ITEMS: tuple[str, ...] = tuple(
    """
soap shampoo toothpaste towels batteries candles matches envelopes stamps pens pencils paper
tape glue scissors nails screws paint brushes gloves socks shoes shirts bandages tissues sponges
bags bottles boxes plates cups spoons forks knives
""".split()
)

ROOMS: tuple[str, ...] = tuple(
    """
kitchen,bedroom,bathroom,hallway,garage,garden,office,study,basement,attic,porch,balcony,nursery,closet,corridor,lounge,living
room,dining room,waiting room,front door,back door,exam room,guest room,laundry room
""".replace("\n", " ")
    .strip()
    .split(",")
)

DEVICES: tuple[str, ...] = tuple(
    """
light,lights,lamp,fan,heater,heating,television,radio,speaker,music,kettle,oven,camera,thermostat,blinds,curtains,printer,screen,display,router,air
conditioner,coffee machine,washing machine,night light,ceiling fan
""".replace("\n", " ")
    .strip()
    .split(",")
)

MEDICINES: tuple[str, ...] = tuple(
    """
aspirin,ibuprofen,paracetamol,insulin,antibiotics,penicillin,amoxicillin,tablets,pills,capsules,drops,medicine,medication,inhaler,ointment,vitamins,painkillers,statins,cough
syrup,eye drops,blood pressure tablets,vitamin d,heart pills,sleeping pills
""".replace("\n", " ")
    .strip()
    .split(",")
)

BODY: tuple[str, ...] = tuple(
    """
head neck shoulder arm elbow wrist hand finger thumb chest back stomach hip leg knee ankle foot
toe eye ear nose throat tooth jaw skin heart lung
""".split()
)

SYMPTOMS: tuple[str, ...] = tuple(
    """
headache,fever,cough,cold,rash,nausea,dizziness,pain,fatigue,swelling,bleeding,infection,allergy,sore
throat,runny nose,stomach ache,high temperature,chest pain,back pain
""".replace("\n", " ")
    .strip()
    .split(",")
)

ADJECTIVES: tuple[str, ...] = tuple(
    """
big small large little tiny huge tall short long wide narrow high low deep old new young fresh
fast quick slow easy hard difficult simple strong weak heavy light hot cold warm cool dry wet
clean dirty full empty open closed loud quiet soft bright dark happy sad angry tired hungry
thirsty sick well good bad better best worse worst nice kind funny boring strange early late
ready busy free safe dangerous cheap expensive rich poor right wrong true false same different
important beautiful ugly clever lazy lovely perfect famous favorite special whole half double
single main public private local national
""".split()
)

NOUNS: tuple[str, ...] = tuple(
    """
actor address afternoon air airport alphabet ambulance answer appointment area art artist
assistant aunt average baby bag baker ball bank battery bed bicycle bird birthday blood boat
bone book bottle bottom box boy brain breakfast bridge brother bucket building bus button cable
calendar capital captain car carbon card castle celsius cent chair chance chess child children
christmas church circle city class clinic clock cloud coat coin color colour computer continent
copper corner cotton country cousin cricket cup daughter day degrees desert desk diamond dinner
dinosaur direction distance doctor dollar door dozen dream dress driver drums earthquake east
elevator end engine english entrance euro even evening exam exit fact fahrenheit farm farmer
father fear field file film fire floor flower flute folder food football forest fork french
friend front fun galaxy game garden german gift girl glass grass gravity group guest guitar half
hall hammer hat health height hill history holiday home hope horoscope hospital hotel hour house
hundred hurricane hydrogen ice idea ink insect internet iron island job joke jungle key keyboard
king kitchen knife ladder lake language leaf left length letter library life lightning line list
lock love luck lunch machine mammal man map market math meal meeting message metal middle
million minute mistake money month moon morning mother mountain movie museum music name neighbor
network night north note number ocean odd office opera orchestra oxygen page pair paper park
parking part party password patient pen penny percent percentage pharmacy phone photo piano
picture piece place plan plane plastic plate poem point police population pound prescription
present president pressure price prime problem project pulse pyramid quarter queen question quiz
rain rainbow reason recipe report reptile result rhyme riddle right ring river road robot rock
roof room root row sand school science sea second set shape ship shirt shoe shop side singer
sister size sky sleep snack snow sock solar soldier son song south spanish speed spoon sport
square stairs star start station stone store storm story street student sun supper swimming
switch system table teacher temperature tennis test theatre third thousand thunder ticket time
toilet tool top town toy train tree triangle trumpet uncle village violin visitor volcano vowel
wall watch water weather wedding week weight west wheelchair width wind window woman wood wool
word world writer year
""".split()
)

VERBS: tuple[str, ...] = tuple(
    """
go come get give take make put set let keep hold bring carry send find lose look see watch hear
listen say tell ask answer speak talk call shout read write draw paint sing dance play work rest
sleep wake eat drink cook bake wash clean dry cut break fix build open close start stop begin
finish wait stay leave arrive return walk run jump climb swim fly drive ride travel buy sell pay
spend save cost count add subtract multiply divide measure weigh learn teach study know think
believe remember forget understand explain mean help need want like love hate try use turn move
push pull lift drop throw catch hit kick touch feel smell taste show hide choose change grow
fill empty check test repeat cancel pause resume skip mute record delete remove increase
decrease raise lower reduce print share follow lead meet visit invite join win fight
""".split()
)

SMALL_WORDS: tuple[str, ...] = tuple(
    """
the a an this that these those my your his her our their its some any no every each all both
many much more most few several other another i you he she it we they me him us them who what
which when where why how is are was were be been being am do does did done have has had will
would can could shall should may might must and or but if because so than then as of in on at by
for with about against between into through during before after above below to from up down out
off over under again once here there now today tomorrow yesterday tonight soon later always
never often sometimes usually maybe perhaps very really too also just only even still already
yet almost quite not please thanks yes okay sure well hello
""".split()
)

LANGUAGES: tuple[str, ...] = tuple(
    """
english french german spanish italian portuguese russian chinese japanese arabic hindi dutch
polish turkish greek latin
""".split()
)

CITIES: tuple[str, ...] = tuple(
    """
london,paris,berlin,madrid,rome,lisbon,dublin,oslo,stockholm,helsinki,copenhagen,warsaw,athens,moscow,beijing,tokyo,delhi,ottawa,cairo,nairobi,sydney,vienna,budapest,brussels,amsterdam,geneva,chicago,boston,dallas,houston,seattle,denver,miami,toronto,mumbai,bangkok,singapore,edinburgh,glasgow,manchester,liverpool,cambridge,oxford,barcelona,milan,munich,prague,new
york,san francisco,los angeles,hong kong
""".replace("\n", " ")
    .strip()
    .split(",")
)

UNKNOWN_COUNTRIES: tuple[str, ...] = tuple(
    """
ghana nepal bolivia ecuador colombia venezuela uruguay paraguay guatemala honduras panama haiti
tunisia algeria libya sudan ethiopia somalia uganda tanzania zambia zimbabwe angola senegal mali
niger chad cameroon gabon malawi botswana namibia madagascar syria jordan lebanon yemen oman
qatar kuwait georgia armenia mongolia laos cambodia malaysia indonesia philippines bangladesh
bhutan estonia latvia lithuania belarus moldova bulgaria serbia bosnia slovenia slovakia albania
macedonia luxembourg malta cyprus monaco fiji samoa tonga barbados bahamas texas california
florida hawaii bavaria tuscany siberia scandinavia europe africa asia atlantis narnia
""".split()
)

UNKNOWN_ANIMALS: tuple[str, ...] = tuple(
    """
unicorn dragon mammoth dinosaur narwhal armadillo platypus lemur sloth meerkat weasel ferret
mole vulture raven magpie robin heron stork pelican seagull flamingo peacock pheasant turkey
tortoise iguana gecko chameleon cobra python viper jellyfish starfish oyster squid lobster
shrimp herring tuna trout carp eel stingray moose bison buffalo antelope gazelle hyena jackal
coyote leopard cheetah jaguar panther lynx raccoon skunk porcupine anteater walrus yak llama
alpaca termite cricket grasshopper dragonfly moth flea louse centipede scorpion tick slug leech
""".split()
)

DAYTIMES: tuple[str, ...] = tuple(
    """
tomorrow,tonight,today,now,at noon,at midnight,in the morning,in the evening,next week,on
monday,on friday,this weekend,in an hour,at five o'clock,at half past seven,yesterday
""".replace("\n", " ")
    .strip()
    .split(",")
)
