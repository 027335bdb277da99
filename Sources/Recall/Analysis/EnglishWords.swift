/// What is general of English words and cannot be told from their spelling.
enum EnglishWords {
  /// Words that are in nearly every text and tell nothing about it.
  static let stopWords = set(
    """
    a about above against all am an and any are aren as at be because been being below
    between both but by can cannot could couldn d did didn do does doesn doing don each few
    for from further had hadn has hasn have haven having he her here hers herself him
    himself his how i if in into is isn it its itself just kind ll m many me more most much
    my myself no nor not now of on only or other our ours ourselves own re s same shan she
    should shouldn so some sort such t than that the their theirs them themselves then there
    these they this those through to too type until us ve very was wasn we were weren what
    when where which while who whom whose why will with won would wouldn you your yours
    yourself yourselves
    """)

  /// Words that say when something was, is or will be.
  static let timeWords = set(
    """
    yesterday today tonight tomorrow last next ago week weeks weekend weekends month months
    year years day days morning afternoon evening night recently soon since monday tuesday
    wednesday thursday friday saturday sunday january february march april june july august
    september october november december summer winter spring fall hour hours minute minutes
    birthday anniversary
    """)

  /// Numbers in words.
  static let numberWords = set(
    """
    one two three four five six seven eight nine ten eleven twelve dozen couple once twice
    several hundred thousand first second third
    """)

  /// Words by which somebody speaks of themselves.
  static let firstPerson = set("i my we our")

  /// Forms that no rule of spelling leads back to their word, by the form. Short names of family and of
  /// pictures are among them, for they are used as forms of the long ones.
  static let irregularForms: [String: String] = {
    var table: [String: String] = [:]
    for entry in irregular.split(separator: ";") {
      let words = entry.split(whereSeparator: \.isWhitespace).map(String.init)
      for form in words.dropFirst() { table[form] = words[0] }
    }
    return table
  }()

  private static let irregular = """
    be was were been being; become became; begin began begun; bend bent; bet betted; bind
    bound; bite bit bitten; bleed bled; blow blew blown; break broke broken; breed bred;
    bring brought; build built; burn burnt; buy bought; catch caught; choose chose chosen;
    cling clung; come came; creep crept; deal dealt; dig dug; draw drew drawn; dream dreamt;
    drink drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel
    felt; fight fought; find found; flee fled; fly flew flown; forbid forbade forbidden;
    forget forgot forgotten; forgive forgave forgiven; freeze froze frozen; get got gotten;
    give gave given; go went gone; grind ground; grow grew grown; hang hung; hear heard;
    hide hid hidden; hold held; keep kept; kneel knelt; know knew known; lay laid; lead led;
    lean leant; leap leapt; learn learnt; leave left; lend lent; lie lain lied; light lit;
    lose lost; make made; mean meant; meet met; pay paid; prove proven; ride rode ridden;
    ring rang rung; rise rose risen; run ran; say said; see saw seen; seek sought; sell
    sold; send sent; sew sewn; shake shook shaken; shine shone; shoot shot; show shown;
    shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; sleep slept; slide slid;
    smell smelt; speak spoke spoken; spell spelt; spend spent; spin spun; spoil spoilt;
    stand stood; steal stole stolen; stick stuck; sting stung; strike struck; strive strove;
    swear swore sworn; sweep swept; swim swam swum; swing swung; take took taken; teach
    taught; tear tore torn; tell told; think thought; throw threw thrown; understand
    understood; wake woke woken; wear wore worn; weave wove woven; weep wept; win won; wind
    wound; withdraw withdrew withdrawn; write wrote written; child children; man men; woman
    women; person people; foot feet; tooth teeth; mouse mice; goose geese; life lives; wife
    wives; knife knives; leaf leaves; half halves; shelf shelves; self selves; wolf wolves;
    good better best; bad worse worst; mother mom mum mommy mama; father dad daddy;
    grandmother grandma; grandfather grandpa; photo photograph pic picture; television tv
    """

  private static func set(_ words: String) -> Set<String> {
    Set(words.split(whereSeparator: \.isWhitespace).map(String.init))
  }
}
