import JSONRPC
package import Marketing

/// How a single file is read.
package enum FileMapping: Sendable {
  /// As leads.
  case leads(ColumnMapping)
  /// As reports of campaigns.
  case metrics(MetricMapping)

  /// Reads a mapping from a file: of campaign reports where its member `table` says so, else of leads.
  /// - Throws: `ImportError` that names the file, what is wrong with it and what would be accepted.
  package init(file path: String) throws(ImportError) {
    self = try Self.read(path) { (json) throws(MappingError) in
      MetricMapping.isMeant(by: json)
        ? .metrics(try MetricMapping(json: json)) : .leads(try ColumnMapping(json: json))
    }
  }

  fileprivate static func read<Mapping>(
    _ path: String, _ mapping: (JSONValue) throws(MappingError) -> Mapping
  ) throws(ImportError) -> Mapping {
    do {
      return try mapping(JSONParser().parse(FileChunks.contents(of: path)))
    } catch let error as JSONParseError {
      throw ImportError(message: "\(path) is no JSON: \(error)")
    } catch let error as FileError {
      throw ImportError(message: "\(error)")
    } catch {
      throw ImportError(message: "\(path): \(error)")
    }
  }
}

extension ColumnMapping {
  /// Reads a mapping of leads from a file.
  /// - Throws: `ImportError` that names the file, what is wrong with it and what would be accepted.
  package init(file path: String) throws(ImportError) {
    self = try FileMapping.read(path) { (json) throws(MappingError) in
      try ColumnMapping(json: json)
    }
  }
}
