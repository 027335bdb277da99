import JSONRPC
import Testing

@Suite struct JSONValueEncoderTests {
  private static func text(_ value: some Encodable) throws -> String {
    JSONWriter.text(of: try JSONValueEncoder().encode(value))
  }

  struct Scalars: Encodable {
    var int8 = Int8.min
    var int16 = Int16.min
    var int32 = Int32.min
    var int64 = Int64.min
    var int = Int.max
    var uint8 = UInt8.max
    var uint16 = UInt16.max
    var uint32 = UInt32.max
    var uint64 = UInt64.max
    var uint = UInt.max
    var double = 0.1
    var float = Float(0.1)
    var bool = true
    var string = "é\n"
    var absent: Int?
  }

  @Test func writesEveryScalar() throws {
    #expect(
      try Self.text(Scalars())
        == #"{"int8":-128,"int16":-32768,"int32":-2147483648,"int64":-9223372036854775808,"#
        + #""int":9223372036854775807,"uint8":255,"uint16":65535,"uint32":4294967295,"#
        + #""uint64":18446744073709551615,"uint":18446744073709551615,"double":0.1,"float":0.1,"#
        + #""bool":true,"string":"é\n"}"#)
  }

  @Test func writesScalarsAloneAndAsElements() throws {
    #expect(try Self.text(Int8(5)) == "5")
    #expect(try Self.text(UInt64.max) == "18446744073709551615")
    #expect(try Self.text(Float(2.5)) == "2.5")
    #expect(try Self.text("a") == "\"a\"")
    #expect(try Self.text(true) == "true")
    #expect(try Self.text(Int?.none) == "null")
    #expect(try Self.text([Int8]([1, -1])) == "[1,-1]")
    #expect(try Self.text([UInt16(1)]) == "[1]")
    #expect(try Self.text([UInt64.max]) == "[18446744073709551615]")
    #expect(try Self.text([Float(0.1)]) == "[0.1]")
    #expect(try Self.text([1.5, -0.0, 1e300]) == "[1.5,-0.0,1e+300]")
    #expect(try Self.text([Int?]([1, nil])) == "[1,null]")
    #expect(try Self.text([true]) == "[true]")
    #expect(try Self.text([[String]]([[], ["x"]])) == #"[[],["x"]]"#)
    #expect(try Self.text([String: Int]()) == "{}")
    #expect(try Self.text(["a": [1]]) == #"{"a":[1]}"#)
  }

  @Test func handsTreesOver() throws {
    let tree = try JSONParser().parse(#"{"z":1.00,"a":18446744073709551616,"z":1.0e2}"#)
    #expect(try Self.text(tree) == #"{"z":1.0e2,"a":18446744073709551616}"#)
    #expect(try Self.text([tree]) == #"[{"z":1.0e2,"a":18446744073709551616}]"#)
    #expect(try Self.text(["t": tree["z"]]) == #"{"t":1.0e2}"#)
    #expect(try Self.text(["o": JSONObject([("b", nil), ("a", 1)])]) == #"{"o":{"b":null,"a":1}}"#)
  }

  struct Measured: Encodable {
    var values: [[String: Double]]
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func refusesWhatJSONCannotSpell(double: Double) throws {
    let error = try #require(throws: EncodingError.self) {
      try JSONValueEncoder().encode(Measured(values: [[:], ["x": double]]))
    }
    guard case .invalidValue(_, let context) = error else { throw error }
    #expect(context.codingPath.map(\.stringValue) == ["values", "1", "x"])
    #expect(context.debugDescription == "JSON cannot spell \(double)")
    #expect(throws: EncodingError.self) { try JSONValueEncoder().encode(Float(double)) }
    #expect(throws: EncodingError.self) { try JSONValueEncoder().encode([Float(double)]) }
  }

  /// Writes by hand through every kind of container.
  struct Manual: Encodable {
    enum Key: String, CodingKey { case list, inner, base, null }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      var list = container.nestedUnkeyedContainer(forKey: .list)
      try list.encode(1)
      try list.encodeNil()
      var nested = list.nestedUnkeyedContainer()
      try nested.encode("x")
      var keyed = list.nestedContainer(keyedBy: Key.self)
      try keyed.encode(true, forKey: .base)
      try [2].encode(to: list.superEncoder())
      #expect(list.count == 5)
      var inner = container.nestedContainer(keyedBy: Key.self, forKey: .inner)
      try inner.encode(Float(1), forKey: .base)
      try "b".encode(to: container.superEncoder(forKey: .base))
      try container.encodeNil(forKey: .null)
      // A second container for the same value writes on.
      var again = encoder.container(keyedBy: Key.self)
      try again.encode(7, forKey: .base)
    }
  }

  @Test func writesThroughNestedContainers() throws {
    #expect(
      try Self.text(Manual())
        == #"{"list":[1,null,["x"],{"base":true},[2]],"inner":{"base":1.0},"base":7,"null":null}"#)
  }

  @Test func writesNothingAsAnEmptyObject() throws {
    struct Empty: Encodable {}
    #expect(try Self.text(Empty()) == "{}")
    #expect(try Self.text([Empty()]) == "[{}]")
  }

  @Test func leavesTreesToItsOwnCoders() {
    struct Other: Encoder {
      var codingPath: [any CodingKey] { [] }
      var userInfo: [CodingUserInfoKey: Any] { [:] }
      func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        preconditionFailure("a tree asked another encoder for a container")
      }
      func unkeyedContainer() -> any UnkeyedEncodingContainer {
        preconditionFailure("a tree asked another encoder for a container")
      }
      func singleValueContainer() -> any SingleValueEncodingContainer {
        preconditionFailure("a tree asked another encoder for a container")
      }
    }
    #expect(throws: EncodingError.self) { try JSONValue.null.encode(to: Other()) }
    #expect(throws: EncodingError.self) { try JSONObject().encode(to: Other()) }
  }
}
