import Foundation
import JSONRPC

/// Why a command could not do its work, in words for people. The exit code is 1.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// What the server answered instead of a result, or that it could not.
  init(_ error: RPCError) {
    self.init(
      error.code == .internalError
        ? "the server failed: \(error.message)"
        : "the server answered \(error.code.rawValue): \(error.message)")
  }

  /// The error, with what Foundation writes for programmers put into words.
  static func readable(_ error: any Error) -> any Error {
    switch error {
    case let error as RPCError: CommandError(error)
    case let error as DecodingError: CommandError(words(error))
    case let error as CocoaError: CommandError(words(error))
    case let error as POSIXError: CommandError(words(error.code))
    default: error
    }
  }

  private static func words(_ error: CocoaError) -> String {
    let path = (error.userInfo[NSFilePathErrorKey] as? String) ?? error.url?.path
    let reason =
      (error.underlying as? POSIXError).map { words($0.code) } ?? reasons[error.code]
      ?? "cannot be read or written"
    return path.map { "\($0): \(reason)" } ?? reason
  }

  private static let reasons: [CocoaError.Code: String] = [
    .fileNoSuchFile: words(.ENOENT), .fileReadNoSuchFile: words(.ENOENT),
    .fileReadNoPermission: words(.EACCES), .fileWriteNoPermission: words(.EACCES),
    .fileWriteFileExists: words(.EEXIST), .fileWriteOutOfSpace: words(.ENOSPC),
    .fileWriteVolumeReadOnly: words(.EROFS),
    .fileReadInapplicableStringEncoding: "not text in UTF-8",
  ]

  private static func words(_ code: POSIXErrorCode) -> String {
    String(cString: strerror(code.rawValue))
  }

  private static func words(_ error: DecodingError) -> String {
    let (path, reason) =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .dataCorrupted(let context):
        (context.codingPath, context.debugDescription)
      case .keyNotFound(let key, let context): (context.codingPath, "lacks '\(key.stringValue)'")
      @unknown default: ([any CodingKey](), "not as expected")
      }
    let place = path.map(\.stringValue).joined(separator: "/")
    return "/\(place): \(reason)"
  }
}
