extension JSONValue: Codable {
  /// Reads a tree from another kind of decoder; from `JSONValueDecoder` it is taken over as it is.
  package init(from decoder: any Decoder) throws {
    throw DecodingError.dataCorrupted(
      .init(
        codingPath: decoder.codingPath,
        debugDescription: "a JSON tree can only be read by JSONValueDecoder"))
  }

  /// Writes a tree to another kind of encoder; to `JSONValueEncoder` it is handed over as it is.
  package func encode(to encoder: any Encoder) throws {
    throw EncodingError.invalidValue(
      self,
      .init(
        codingPath: encoder.codingPath,
        debugDescription: "a JSON tree can only be written by JSONValueEncoder"))
  }
}

extension JSONObject: Codable {
  /// Reads an object; see `JSONValue`.
  package init(from decoder: any Decoder) throws {
    guard case .object(let object) = try JSONValue(from: decoder) else {
      throw DecodingError.typeMismatch(
        JSONObject.self,
        .init(codingPath: decoder.codingPath, debugDescription: "expected an object"))
    }
    self = object
  }

  /// Writes an object; see `JSONValue`.
  package func encode(to encoder: any Encoder) throws {
    try JSONValue.object(self).encode(to: encoder)
  }
}
