import MCPWebSocket
import NIOWebSocket

/// A frame as bytes, valid or not.
struct RawFrame: Hashable, Sendable {
  var opcode: UInt8
  var payload: [UInt8]
  var isLast = true
  /// The three reserved bits, as they stand in the first byte: 0x40, 0x20, 0x10.
  var reserved: UInt8 = 0
  var isMasked = true
  /// The length that the header claims; `nil` for the true one.
  var claimedLength: UInt64?

  init(_ opcode: WebSocketOpcode, _ payload: [UInt8] = [], isLast: Bool = true) {
    self.opcode = UInt8(webSocketOpcode: opcode)
    self.payload = payload
    self.isLast = isLast
  }

  static func text(_ text: String, isLast: Bool = true) -> Self {
    Self(.text, Array(text.utf8), isLast: isLast)
  }

  static func close(_ code: WebSocketCloseCode, _ reason: String = "") -> Self {
    let raw = code.rawValue
    return Self(.connectionClose, [UInt8(raw >> 8), UInt8(raw & 0xFF)] + Array(reason.utf8))
  }

  static let mask: [UInt8] = [0x11, 0x22, 0x33, 0x44]

  var bytes: [UInt8] {
    var bytes: [UInt8] = [(isLast ? 0x80 : 0) | reserved | opcode]
    let length = claimedLength ?? UInt64(payload.count)
    let flag: UInt8 = isMasked ? 0x80 : 0
    switch length {
    case 0...125: bytes.append(flag | UInt8(length))
    case 126...0xFFFF:
      bytes.append(flag | 126)
      bytes += withUnsafeBytes(of: UInt16(length).bigEndian) { Array($0) }
    default:
      bytes.append(flag | 127)
      bytes += withUnsafeBytes(of: length.bigEndian) { Array($0) }
    }
    guard isMasked else { return bytes + payload }
    return bytes + Self.mask + payload.enumerated().map { $1 ^ Self.mask[$0 % 4] }
  }

  /// Takes one whole frame off the front, as a server writes it; `nil` until it is complete.
  init?(takenFrom bytes: inout ArraySlice<UInt8>) {
    let all = Array(bytes.prefix(14))
    guard all.count >= 2 else { return nil }
    let (first, short) = (all[0], Int(all[1] & 0x7F))
    let extra = short == 126 ? 2 : short == 127 ? 8 : 0
    let start = 2 + extra + (all[1] & 0x80 != 0 ? 4 : 0)
    guard all.count >= 2 + extra else { return nil }
    let length = extra == 0 ? short : all[2..<(2 + extra)].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= start + length else { return nil }
    isLast = first & 0x80 != 0
    reserved = first & 0x70
    opcode = first & 0x0F
    isMasked = all[1] & 0x80 != 0
    let key = Array(bytes.dropFirst(2 + extra).prefix(isMasked ? 4 : 0))
    payload = Array(bytes.dropFirst(start).prefix(length))
    if !key.isEmpty { for index in payload.indices { payload[index] ^= key[index % 4] } }
    bytes = bytes.dropFirst(start + length)
  }

  var text: String { String(decoding: payload, as: UTF8.self) }

  /// The code of a close frame.
  var closeCode: WebSocketCloseCode? {
    guard opcode == 8, payload.count >= 2 else { return nil }
    return WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
  }

  var closeReason: String { String(decoding: payload.dropFirst(2), as: UTF8.self) }
}
