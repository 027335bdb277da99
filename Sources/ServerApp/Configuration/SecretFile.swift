/// A file that holds a secret and nothing else. What it holds is in no message.
struct SecretFile: Sendable {
  /// The setting that names it.
  let key: String
  /// Where it is.
  let path: String

  /// The text of the file without the white space around it.
  /// - Throws: which setting names a file that cannot be read.
  func text() throws(ConfigurationError) -> String {
    let text: String?
    do throws(FileError) {
      text = try TextFile.read(path)
    } catch {
      throw ConfigurationError(message: "\(key): \(error)")
    }
    guard let text else {
      throw ConfigurationError(message: "\(key): \(path): there is no such file")
    }
    return String(
      text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  /// That the file holds something else.
  func refusal(expected: String) -> ConfigurationError {
    ConfigurationError(message: "\(key): \(path): expected \(expected)")
  }
}
