import JSONRPC
import Testing

@Suite struct JSONObjectTests {
  @Test func keepsOrderAndTakesTheLastValue() throws {
    let object: JSONObject = ["b": 1, "a": 2, "b": 3]
    #expect(object.keys == ["b", "a"])
    #expect(object["b"] == 3)
    #expect(object.count == 2)
    #expect(JSONWriter.text(of: .object(object)) == #"{"b":3,"a":2}"#)
  }

  /// Below and above the number of members from which an index is kept.
  @Test(arguments: [0, 1, 7, 8, 9, 10, 100, 1000])
  func findsChangesAndRemoves(count: Int) {
    var object = JSONObject()
    for number in 0..<count { object["key\(number)"] = JSONValue(number) }
    #expect(object.count == count)
    #expect(object.isEmpty == (count == 0))
    for number in 0..<count { #expect(object["key\(number)"] == JSONValue(number)) }
    #expect(object["other"] == nil)
    object["other"] = nil
    for number in 0..<count { object["key\(number)"] = JSONValue(-number) }
    #expect(object.keys == (0..<count).map { "key\($0)" })
    for number in stride(from: 0, to: count, by: 2) { object["key\(number)"] = nil }
    #expect(object.keys == stride(from: 1, to: count, by: 2).map { "key\($0)" })
    for number in 0..<count {
      let kept = number.isMultiple(of: 2) ? nil : Optional(JSONValue(-number))
      #expect(object["key\(number)"] == kept)
    }
    object["key0"] = true
    #expect(object.keys.last == "key0")
    #expect(object["key0"] == true)
  }

  @Test func behavesLikeADictionary() {
    var random = SplitMix64(seed: 3)
    var object = JSONObject()
    var model: [String: JSONValue] = [:]
    var order: [String] = []
    for step in 0..<5000 {
      let key = "k\(Int.random(in: 0..<20, using: &random))"
      let value: JSONValue? = Bool.random(using: &random) ? Optional(JSONValue(step)) : nil
      if value == nil {
        order.removeAll { $0 == key }
      } else if model[key] == nil {
        order.append(key)
      }
      object[key] = value
      model[key] = value
      #expect(object.keys == order)
      #expect(order.allSatisfy { object[$0] == model[$0] })
    }
  }

  @Test(arguments: [3, 20])
  func isEqualWhateverTheOrder(count: Int) {
    let pairs = (0..<count).map { ("key\($0)", JSONValue($0)) }
    let forwards = JSONObject(pairs)
    let backwards = JSONObject(pairs.reversed())
    #expect(forwards == backwards)
    #expect(forwards.hashValue == backwards.hashValue)
    #expect(JSONValue.object(forwards) == .object(backwards))
    var other = forwards
    other["key0"] = "other"
    #expect(forwards != other)
    other["key0"] = nil
    #expect(forwards != other)
    other["more"] = 0
    #expect(forwards != other)
  }

  /// "é" as one scalar and as two are equal as text and two different keys (RFC 8259, section 8.3).
  @Test(arguments: [0, 20])
  func tellsKeysApartByTheirBytes(others: Int) throws {
    var text = (0..<others).map { "\"key\($0)\":0," }.joined()
    text = "{\(text)\"\u{e9}\":1,\"e\u{301}\":2}"
    let object = try #require(try JSONParser().parse(text).objectValue)
    #expect(object.count == others + 2)
    #expect(object["\u{e9}"] == 1)
    #expect(object["e\u{301}"] == 2)
    #expect(Array(JSONWriter.text(of: .object(object)).utf8) == Array(text.utf8))
  }

  @Test func mergesOverItself() {
    let object: JSONObject = ["a": 1, "b": 2]
    #expect(object.merging(["b": 3, "c": 4]) == ["a": 1, "b": 3, "c": 4])
    #expect(object.merging(["b": 3, "c": 4]).keys == ["a", "b", "c"])
  }

  @Test func givesAccessThroughValues() {
    let value: JSONValue = ["a": [1, ["b": "x"]]]
    #expect(value["a"]?[1]?["b"]?.stringValue == "x")
    #expect(value["a"]?[2] == nil)
    #expect(value["a"]?[-1] == nil)
    #expect(value["a"]?["b"] == nil)
    #expect(value[0] == nil)
    #expect(value["x"] == nil)
  }
}
