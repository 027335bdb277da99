package import JSONRPC
package import Marketing

/// Conversations with questions about them and the turns that answer them, in the layout of LoCoMo (Maharana
/// et al., "Evaluating Very Long-Term Conversational Memory of LLM Agents", 2024).
package struct BenchmarkFile: Sendable {
  /// One turn of a conversation.
  package struct Turn: Sendable, Hashable {
    /// Its name within the conversation, as evidence has it: `D<session>:<turn>`.
    package var name: String
    /// Its session's number.
    package var session: Int
    /// Who speaks.
    package var speaker: String
    /// What is said; what a picture shows that goes with it stands behind it in brackets.
    package var text: String
    /// When.
    package var at: Timestamp
  }

  /// A question.
  package struct Question: Sendable, Hashable {
    /// The question.
    package var text: String
    /// Its category's number.
    package var category: Int
    /// The places of the turns that answer it, among the conversation's.
    package var evidence: [Int]
  }

  /// One conversation.
  package struct Conversation: Sendable, Hashable {
    /// Its name, or its place in the file.
    package var name: String
    /// Its turns in their order.
    package var turns: [Turn]
    /// The questions about it.
    package var questions: [Question]
    /// How many sessions it has.
    package var sessions: Int
  }

  /// What of the pictures that go with turns is taken for their text.
  package enum Pictures: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// What they show.
    case captions
    /// What they show, and what they were looked up by.
    case all
  }

  /// Why a file is not what it should be.
  package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where in the file, as a JSON pointer.
    package var place: String
    /// What is wrong.
    package var reason: String

    package var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
  }

  /// The conversations.
  package var conversations: [Conversation] = []
  /// Evidence that names no turn.
  package var droppedEvidence = 0
  /// Questions without any evidence left; they are not asked.
  package var droppedQuestions = 0
  /// Sessions whose date cannot be read; each is taken to be a day after the one before.
  package var undatedSessions = 0

  /// Reads a file.
  package init(_ json: JSONValue, pictures: Pictures = .all) throws(Problem) {
    let items: [JSONValue]
    switch json {
    case .array(let list): items = list
    case .object: items = [json]
    default: throw Problem(place: "", reason: "expected an array of conversations")
    }
    guard !items.isEmpty else { throw Problem(place: "", reason: "holds no conversation") }
    for (number, item) in items.enumerated() {
      let place = json.arrayValue == nil ? "" : "/\(number)"
      conversations.append(try conversation(item, number, place, pictures))
    }
  }

  private mutating func conversation(
    _ item: JSONValue, _ number: Int, _ place: String, _ pictures: Pictures
  ) throws(Problem) -> Conversation {
    guard let members = item["conversation"]?.objectValue else {
      throw Problem(
        place: "\(place)/conversation", reason: "expected an object with session_1, session_2 ...")
    }
    let sessions = Self.sessions(of: members)
    guard !sessions.isEmpty else {
      throw Problem(place: "\(place)/conversation", reason: "holds no session_1, session_2 ...")
    }
    var turns: [Turn] = []
    var start = Timestamp(milliseconds: 0)
    for (session, list) in sessions {
      let key = "session_\(session)"
      let dated = members["\(key)_date_time"]?.stringValue.flatMap(BenchmarkDate.read)
      if dated == nil { undatedSessions += 1 }
      start = dated ?? start + .days(1)
      for (index, turn) in list.enumerated() {
        let place = "\(place)/conversation/\(key)/\(index)"
        let at = start + .seconds(index)
        turns.append(try Self.turn(turn, session, index, at, place, pictures))
      }
    }
    var places: [String: Int] = [:]
    for (index, turn) in turns.enumerated() { places[turn.name] = index }
    let name = item["sample_id"]?.stringValue ?? "conversation \(number + 1)"
    return Conversation(
      name: name, turns: turns, questions: try questions(item, places, place),
      sessions: sessions.count)
  }

  private static func sessions(of members: JSONObject) -> [(Int, [JSONValue])] {
    members.compactMap { member -> (Int, [JSONValue])? in
      guard member.key.hasPrefix("session_"), let number = Int(member.key.dropFirst(8)),
        let list = member.value.arrayValue
      else { return nil }
      return (number, list)
    }.sorted { $0.0 < $1.0 }
  }

  private static func turn(
    _ json: JSONValue, _ session: Int, _ index: Int, _ at: Timestamp, _ place: String,
    _ pictures: Pictures
  ) throws(Problem) -> Turn {
    func text(_ key: String) throws(Problem) -> String {
      guard let text = json[key]?.stringValue else {
        throw Problem(place: "\(place)/\(key)", reason: "expected a string")
      }
      return text
    }
    let name = json["dia_id"]?.stringValue ?? "D\(session):\(index + 1)"
    var words = try text("text")
    var shown: [String] = []
    if pictures != .none, let caption = json["blip_caption"]?.stringValue { shown.append(caption) }
    if pictures == .all, let query = json["query"]?.stringValue { shown.append(query) }
    if !shown.isEmpty { words += " [\(shown.joined(separator: "; "))]" }
    return Turn(
      name: name, session: session, speaker: try text("speaker"), text: words, at: at)
  }

  private mutating func questions(
    _ item: JSONValue, _ places: [String: Int], _ place: String
  ) throws(Problem) -> [Question] {
    guard let list = item["qa"]?.arrayValue else {
      throw Problem(place: "\(place)/qa", reason: "expected an array of questions")
    }
    var questions: [Question] = []
    for (index, json) in list.enumerated() {
      guard let text = json["question"]?.stringValue else {
        throw Problem(place: "\(place)/qa/\(index)/question", reason: "expected a string")
      }
      guard let category = json["category"]?.integerValue.flatMap({ Int(exactly: $0) }) else {
        throw Problem(place: "\(place)/qa/\(index)/category", reason: "expected an integer")
      }
      var evidence: Set<Int> = []
      for entry in json["evidence"]?.arrayValue ?? [] {
        let found = Self.names(in: entry.stringValue ?? "").compactMap { places[$0] }
        if found.isEmpty { droppedEvidence += 1 }
        evidence.formUnion(found)
      }
      if evidence.isEmpty {
        droppedQuestions += 1
      } else {
        questions.append(Question(text: text, category: category, evidence: evidence.sorted()))
      }
    }
    return questions
  }

  /// The names of turns in an evidence text, which may hold several, be spelled with one colon too many or
  /// with leading zeros.
  static func names(in text: String) -> [String] {
    var names: [String] = []
    for part in text.split(separator: "D") {
      let numbers = part.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
      if numbers.count >= 2 { names.append("D\(numbers[0]):\(numbers[1])") }
    }
    return names
  }
}

/// Dates as LoCoMo writes them: `1:56 pm on 8 May, 2023`.
enum BenchmarkDate {
  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]

  /// The moment; `nil` when it cannot be read.
  static func read(_ text: String) -> Timestamp? {
    if let moment = Timestamp(iso8601: text) { return moment }
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    guard let place = words.firstIndex(where: months.contains), place > 0,
      place + 1 < words.count, let month = months.firstIndex(of: words[place]),
      let day = Int(words[place - 1]), (1...31).contains(day), let year = Int(words[place + 1]),
      (0...9999).contains(year)
    else { return nil }
    var minutes = 0
    if let half = words.firstIndex(where: { $0 == "am" || $0 == "pm" }), half >= 2,
      let hour = Int(words[half - 2]), let minute = Int(words[half - 1]), (0...23).contains(hour),
      (0...59).contains(minute)
    {
      minutes = (hour % 12 + (words[half] == "pm" ? 12 : 0)) * 60 + minute
    }
    return CivilDate(year: year, month: month + 1, day: day).start + .seconds(minutes * 60)
  }
}
