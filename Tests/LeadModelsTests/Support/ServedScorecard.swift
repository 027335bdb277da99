import JSONRPC
import Marketing
import ServedFiles

extension Scorecard {
  /// The one that is built in.
  static func served() throws -> Scorecard {
    try Scorecard(json: JSONParser().parse(ServedFile.scorecard.bytes))
  }
}
