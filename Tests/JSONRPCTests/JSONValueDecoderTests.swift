import JSONRPC
import Testing

@Suite struct JSONValueDecoderTests {
  private static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONValueDecoder().decode(type, from: JSONParser().parse(text))
  }

  /// A type's name with a reader that tells whether the text reads as one, and as which value.
  struct Scalar: Sendable {
    let name: String
    let read: @Sendable (String) throws -> String

    init<Value: Decodable & Sendable>(_ type: Value.Type) {
      name = "\(type)"
      // Alone, as an element, as a member and as an optional member.
      read = { text in
        let alone = try JSONValueDecoderTests.decode(type, text)
        let element = try JSONValueDecoderTests.decode([Value].self, "[\(text)]")
        let member = try JSONValueDecoderTests.decode(
          Holder<Value>.self, "{\"a\":\(text),\"b\":\(text)}")
        let all = ["\(alone)", "\(element[0])", "\(member.a)", member.b.map { "\($0)" } ?? ""]
        #expect(Set(all).count == 1, "\(all)")
        return all[0]
      }
    }
  }

  struct Holder<Value: Decodable & Sendable>: Decodable, Sendable {
    let a: Value
    let b: Value?
  }

  private static let scalars: [(scalar: Scalar, accepted: [String: String], refused: [String])] = [
    (
      Scalar(Int8.self), ["-128": "-128", "127": "127", "1.0": "1", "1e2": "100"],
      ["128", "-129", "1.5", "\"1\"", "true", "null", "[]"]
    ),
    (Scalar(Int16.self), ["-32768": "-32768", "32767": "32767"], ["32768", "-32769"]),
    (
      Scalar(Int32.self), ["-2147483648": "-2147483648", "2147483647": "2147483647"], ["2147483648"]
    ),
    (
      Scalar(Int64.self),
      [
        "-9223372036854775808": "-9223372036854775808",
        "9223372036854775807.0": "9223372036854775807",
      ], ["9223372036854775808", "1e400", "1e-400"]
    ),
    (
      Scalar(Int.self), ["9007199254740993": "9007199254740993", "-0": "0", "-0.0": "0"],
      ["9223372036854775808", "0.5", "{}"]
    ),
    (Scalar(UInt8.self), ["0": "0", "255": "255", "25.5e1": "255"], ["256", "-1"]),
    (Scalar(UInt16.self), ["65535": "65535"], ["65536", "-1"]),
    (Scalar(UInt32.self), ["4294967295": "4294967295"], ["4294967296", "-1"]),
    (
      Scalar(UInt64.self),
      ["18446744073709551615": "18446744073709551615", "1e19": "10000000000000000000"],
      ["18446744073709551616", "-1"]
    ),
    (Scalar(UInt.self), ["18446744073709551615": "18446744073709551615", "-0": "0"], ["-1"]),
    (
      Scalar(Double.self),
      [
        "0.1": "0.1", "3": "3.0", "9007199254740993": "9007199254740992.0", "1e-400": "0.0",
        "-0": "-0.0",
      ], ["1e400", "-1e400", "\"1\"", "true", "null"]
    ),
    (
      Scalar(Float.self), ["0.1": "0.1", "16777217": "16777216.0"],
      ["1e39", "-1e39", "1e400", "null"]
    ),
    (Scalar(Bool.self), ["true": "true", "false": "false"], ["0", "1", "\"true\"", "null"]),
    (Scalar(String.self), ["\"\"": "", "\"é\\n\"": "é\n"], ["1", "null", "[]", "{}"]),
  ]

  @Test(arguments: scalars.indices)
  func readsScalars(index: Int) throws {
    let (scalar, accepted, refused) = Self.scalars[index]
    for (text, value) in accepted {
      #expect(try scalar.read(text) == value, "\(scalar.name) \(text)")
    }
    for text in refused {
      #expect(throws: DecodingError.self, "\(scalar.name) \(text)") { try scalar.read(text) }
    }
  }

  enum Channel: String, Codable, Sendable { case email, sms }

  enum Step: Codable, Sendable, Hashable {
    case wait(days: Int)
    case send(channel: Channel, text: String?)
    case stop
  }

  struct Lead: Codable, Sendable, Hashable {
    struct Contact: Codable, Sendable, Hashable {
      var email: String
      var channels: [Channel]
    }

    var name: String
    var score: Double?
    var contact: Contact
    var history: [[String: Int]]
    var plan: [Step]
    var extra: JSONValue
    var settings: JSONObject
    var note: JSONValue?
  }

  private static let leadText =
    #"{"name":"Ada","contact":{"email":"a@b.c","channels":["sms","email"]},"#
    + #""history":[{"visits":3},{}],"#
    + #""plan":[{"wait":{"days":2}},{"send":{"channel":"sms"}},{"stop":{}}],"#
    + #""extra":{"z":1.0,"a":[null]},"settings":{"y":1,"x":2}}"#

  private static let lead = Lead(
    name: "Ada", score: nil, contact: Lead.Contact(email: "a@b.c", channels: [.sms, .email]),
    history: [["visits": 3], [:]],
    plan: [.wait(days: 2), .send(channel: .sms, text: nil), .stop],
    extra: ["z": 1.0, "a": [nil]], settings: ["y": 1, "x": 2], note: Optional<JSONValue>.none)

  @Test func readsAndWritesNestedTypes() throws {
    let lead = try Self.decode(Lead.self, Self.leadText)
    #expect(lead == Self.lead)
    // Trees are taken over as they are, their order and spelling included.
    #expect(JSONWriter.text(of: lead.extra) == #"{"z":1.0,"a":[null]}"#)
    #expect(lead.settings.keys == ["y", "x"])
    #expect(JSONWriter.text(of: try JSONValueEncoder().encode(lead)) == Self.leadText)
  }

  struct Places: Decodable {
    let leads: [Lead]
  }

  private static let broken: [(text: String, path: String, message: String)] = [
    (#"{"leads":5}"#, "leads", "found integer, expected an array"),
    (#"{"leads":[5]}"#, "leads.0", "found integer, expected an object"),
    (#"{"leads":[{}]}"#, "leads.0", "'name' is missing"),
    (#"{"leads":[{"name":5}]}"#, "leads.0.name", "found integer, expected a string"),
    (#"{"leads":[{"name":"a","score":"x"}]}"#, "leads.0.score", "found string, expected a number"),
    (
      #"{"leads":[{"name":"a","score":1e999}]}"#, "leads.0.score",
      "found integer, expected a number of at most 1.7976931348623157e+308"
    ),
    (
      #"{"leads":[{"name":"a","contact":{"email":"x","channels":["sms",1]}}]}"#,
      "leads.0.contact.channels.1", "found integer, expected a string"
    ),
    (
      #"{"leads":[{"name":"a","contact":{"email":"x","channels":[]},"history":[{"n":1.5}]}]}"#,
      "leads.0.history.0.n",
      "found number, expected an integer from -9223372036854775808 to 9223372036854775807"
    ),
  ]

  @Test(arguments: broken)
  func namesThePlaceOfAnError(text: String, path: String, message: String) throws {
    let error = try #require(throws: DecodingError.self) { try Self.decode(Places.self, text) }
    let context: DecodingError.Context
    switch error {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
      .dataCorrupted(let found):
      context = found
    @unknown default: throw error
    }
    #expect(context.codingPath.map(\.stringValue).joined(separator: ".") == path)
    #expect(context.debugDescription == message)
  }

  @Test func refusesUnknownCases() throws {
    let error = try #require(throws: DecodingError.self) {
      try Self.decode([Channel].self, #"["fax"]"#)
    }
    guard case .dataCorrupted(let context) = error else { throw error }
    #expect(context.codingPath.map(\.intValue) == [0])
    #expect(throws: DecodingError.self) { try Self.decode(Step.self, #"{"fly":{}}"#) }
    #expect(throws: DecodingError.self) {
      try Self.decode(Step.self, #"{"stop":{},"wait":{"days":1}}"#)
    }
  }

  @Test func tellsAbsentFromNull() throws {
    #expect(try Self.decode(Int?.self, "null") == nil)
    #expect(try Self.decode([Int?].self, "[1,null]") == [1, nil])
    #expect(try Self.decode(Holder<Int>.self, #"{"a":1,"b":null}"#).b == nil)
    #expect(try Self.decode(Holder<Int>.self, #"{"a":1}"#).b == nil)
    #expect(throws: DecodingError.self) { try Self.decode(Holder<Int>.self, #"{"a":null}"#) }
    #expect(try Self.decode(Holder<JSONValue>.self, #"{"a":null}"#).a == .null)
    #expect(try Self.decode([JSONValue].self, "[null,1]") == [.null, 1])
    #expect(try Self.decode([String: JSONValue].self, #"{"a":[1]}"#) == ["a": [1]])
    #expect(try Self.decode(JSONObject.self, #"{"a":1}"#) == ["a": 1])
    #expect(throws: DecodingError.self) { try Self.decode(JSONObject.self, "[1]") }
  }

  /// Reads by hand through every kind of container.
  struct Manual: Decodable {
    enum Key: String, CodingKey { case list, inner, absent }

    let numbers: [Int]
    let keys: [String]
    let hasAbsent: Bool
    let base: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      keys = container.allKeys.map(\.rawValue)
      hasAbsent = try container.contains(.absent) || !container.decodeNil(forKey: .absent)
      var list = try container.nestedUnkeyedContainer(forKey: .list)
      var numbers: [Int] = []
      #expect(list.count == 4)
      while !list.isAtEnd {
        if try list.decodeNil() { continue }
        if list.currentIndex == 2 {
          var nested = try list.nestedUnkeyedContainer()
          numbers.append(try nested.decode(Int.self))
          #expect(throws: DecodingError.self) { try nested.decode(Int.self) }
        } else if list.currentIndex == 3 {
          numbers.append(try list.superDecoder().singleValueContainer().decode(Int.self))
        } else {
          numbers.append(try list.decode(Int.self))
        }
      }
      self.numbers = numbers
      let inner = try container.nestedContainer(keyedBy: Key.self, forKey: .inner)
      base = try inner.superDecoder(forKey: .list).singleValueContainer().decode(String.self)
    }
  }

  @Test func readsThroughNestedContainers() throws {
    let manual = try Self.decode(
      Manual.self, #"{"list":[1,null,[2],3],"inner":{"list":"x"},"more":0}"#)
    #expect(manual.numbers == [1, 2, 3])
    #expect(manual.keys == ["list", "inner"])
    #expect(!manual.hasAbsent)
    #expect(manual.base == "x")
  }
}
