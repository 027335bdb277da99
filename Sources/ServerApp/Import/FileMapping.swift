import JSONRPC
package import Marketing

extension ColumnMapping {
  /// Reads a mapping from a file.
  /// - Throws: `ImportError` that names the file, what is wrong with it and what would be accepted.
  package init(file path: String) throws(ImportError) {
    do {
      self = try ColumnMapping(json: JSONParser().parse(FileChunks.contents(of: path)))
    } catch let error as JSONParseError {
      throw ImportError(message: "\(path) is no JSON: \(error)")
    } catch let error as FileError {
      throw ImportError(message: "\(error)")
    } catch {
      throw ImportError(message: "\(path): \(error)")
    }
  }
}
