import JSONRPC
import MCP

extension RequestContext {
  /// What a resource holds as JSON, with fewer entries when all take more than half of what a result may hold:
  /// as many as there is room for.
  /// - Parameters:
  ///   - most: how many entries there are at most.
  ///   - contents: what is said with so many entries, and whether those are all.
  func contents(
    at uri: String, entries most: Int, _ contents: (Int) -> some Encodable
  ) throws(CallInterruption) -> [ResourceContents] {
    func text(_ count: Int) throws(CallInterruption) -> String {
      do {
        return String(decoding: try JSONValueEncoder().bytes(of: contents(count)), as: UTF8.self)
      } catch {
        throw .fault(error)
      }
    }
    // As it is sent: text within text takes more room.
    func fits(_ text: String) -> Bool {
      JSONWriter.bytes(of: .string(text)).count <= resultBytes / 2
    }
    var found = try text(most)
    if !fits(found) {
      var (fitting, tooMany) = (0, most)
      found = try text(0)
      while fitting + 1 < tooMany {
        let middle = (fitting + tooMany) / 2
        let tried = try text(middle)
        if fits(tried) { (fitting, found) = (middle, tried) } else { tooMany = middle }
      }
    }
    return [
      ResourceContents(
        uri: uri, mimeType: "application/json", data: .text(found), isUntrusted: true)
    ]
  }
}
