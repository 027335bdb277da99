import NIOCore
import NIOWebSocket

/// Makes messages of frames and holds the peer to RFC 6455, without any I/O.
///
/// No extension is ever agreed on, so every reserved bit is a violation. After a violation the
/// connection is to be closed with its code; nothing that comes later counts.
struct MessageAssembler: Sendable {
  /// What a frame amounts to.
  enum Event: Sendable, Hashable {
    case message(WebSocketMessage)
    case ping([UInt8])
    case pong([UInt8])
    /// - Parameter code: `nil` when the peer gave none.
    case close(code: WebSocketCloseCode?, reason: String)
  }

  /// What the peer did wrong.
  struct Violation: Error, Hashable {
    let code: WebSocketCloseCode
    /// A few words for the close frame.
    let reason: String
  }

  /// A message of which more frames are to come.
  private struct Fragments {
    let isText: Bool
    var bytes: [UInt8]
    var validator: UTF8Validator
  }

  private let role: WebSocketRole
  private let limit: Int
  private let takesBinary: Bool
  private var fragments: Fragments?

  /// - Parameters:
  ///   - limit: the longest message, in bytes.
  ///   - takesBinary: whether binary messages are taken; their first frame is a violation otherwise.
  init(role: WebSocketRole, limit: Int, takesBinary: Bool) {
    self.role = role
    self.limit = limit
    self.takesBinary = takesBinary
  }

  /// Takes the next frame.
  /// - Returns: what is complete with it; `nil` for a piece of a message.
  mutating func take(_ frame: WebSocketFrame) throws(Violation) -> Event? {
    guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { throw Self.broken("reserved bit set") }
    guard (frame.maskKey != nil) == (role == .server) else {
      throw Self.broken(role == .server ? "frame not masked" : "frame masked")
    }
    switch frame.opcode {
    case .connectionClose: return try Self.closing(try Self.controlBytes(frame))
    case .ping: return .ping(try Self.controlBytes(frame))
    case .pong: return .pong(try Self.controlBytes(frame))
    case .text: return try begin(frame, isText: true)
    case .binary:
      guard takesBinary else {
        throw Violation(code: .unsupportedData, reason: "binary messages are not taken")
      }
      return try begin(frame, isText: false)
    case .continuation: return try goOn(frame)
    default: throw Self.broken("reserved opcode")
    }
  }

  private mutating func begin(
    _ frame: WebSocketFrame, isText: Bool
  ) throws(Violation) -> Event? {
    guard fragments == nil else { throw Self.broken("message inside a fragmented message") }
    try checkLength(frame.data.readableBytes)
    var validator = UTF8Validator()
    let bytes = frame.unmaskedBytes
    if isText { try Self.check(bytes[...], &validator, isLast: frame.fin) }
    if frame.fin { return .message(isText ? .text(bytes) : .binary(bytes)) }
    fragments = Fragments(isText: isText, bytes: bytes, validator: validator)
    return nil
  }

  private mutating func goOn(_ frame: WebSocketFrame) throws(Violation) -> Event? {
    guard var current = fragments else { throw Self.broken("continuation of nothing") }
    try checkLength(current.bytes.count + frame.data.readableBytes)
    // The only reference, so that the bytes are not copied with each fragment.
    fragments = nil
    let start = current.bytes.count
    current.bytes += frame.unmaskedBytes
    if current.isText {
      try Self.check(current.bytes[start...], &current.validator, isLast: frame.fin)
    }
    if frame.fin { return .message(current.isText ? .text(current.bytes) : .binary(current.bytes)) }
    fragments = current
    return nil
  }

  private func checkLength(_ count: Int) throws(Violation) {
    guard count <= limit else { throw Self.tooLong(limit) }
  }

  private static func check(
    _ bytes: ArraySlice<UInt8>, _ validator: inout UTF8Validator, isLast: Bool
  ) throws(Violation) {
    let isValid = bytes.withUnsafeBytes { validator.accepts($0) }
    guard isValid, validator.isComplete || !isLast else {
      throw Violation(code: .invalidData, reason: "text is not UTF-8")
    }
  }

  /// The decoder checks both rules too, but does not have to be the only one.
  private static func controlBytes(_ frame: WebSocketFrame) throws(Violation) -> [UInt8] {
    guard frame.fin else { throw broken("control frame in fragments") }
    guard frame.data.readableBytes <= 125 else { throw broken("control frame too long") }
    return frame.unmaskedBytes
  }

  private static func closing(_ bytes: [UInt8]) throws(Violation) -> Event {
    guard !bytes.isEmpty else { return .close(code: nil, reason: "") }
    guard bytes.count >= 2 else { throw broken("close frame of one byte") }
    let code = WebSocketCloseCode(rawValue: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
    guard code.isAllowedOnWire else { throw broken("close code not allowed") }
    var validator = UTF8Validator()
    try check(bytes[2...], &validator, isLast: true)
    return .close(code: code, reason: String(decoding: bytes[2...], as: UTF8.self))
  }

  private static func broken(_ reason: String) -> Violation {
    Violation(code: .protocolError, reason: reason)
  }

  private static func tooLong(_ limit: Int) -> Violation {
    Violation(code: .messageTooLong, reason: "message longer than \(limit) bytes")
  }

  /// What an error of the frame decoder says of the peer.
  static func violation(for error: NIOWebSocketError, limit: Int) -> Violation {
    switch error {
    case .invalidFrameLength: tooLong(limit)
    case .fragmentedControlFrame: broken("control frame in fragments")
    case .multiByteControlFrameLength: broken("control frame too long")
    }
  }
}

extension WebSocketFrame {
  /// What the frame holds, unmasked: copied once, eight bytes at a time.
  fileprivate var unmaskedBytes: [UInt8] {
    data.withUnsafeReadableBytes { source in
      [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
        let target = UnsafeMutableRawBufferPointer(target)
        if let maskKey {
          Self.unmask(source, into: target, maskKey)
        } else {
          target.copyMemory(from: source)
        }
        count = source.count
      }
    }
  }

  private static func unmask(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
    _ key: WebSocketMaskingKey
  ) {
    var word: UInt64 = 0
    withUnsafeMutableBytes(of: &word) { bytes in
      for index in 0..<8 { bytes[index] = key[index % 4] }
    }
    var index = 0
    while index + 8 <= source.count {
      let masked = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      target.storeBytes(of: masked ^ word, toByteOffset: index, as: UInt64.self)
      index += 8
    }
    while index < source.count {
      target[index] = source[index] ^ key[index % 4]
      index += 1
    }
  }
}
