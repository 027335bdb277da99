import NIOCore
import NIOWebSocket
import Testing

@testable import MCPWebSocket

/// What frames amount to, without any connection.
@Suite struct MessageAssemblerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let frames: [WebSocketFrame]
    var role = WebSocketRole.server
    var limit = 16
    var takesBinary = true
    var events: [MessageAssembler.Event] = []
    var code: WebSocketCloseCode?

    func run() -> ([MessageAssembler.Event], WebSocketCloseCode?) {
      var assembler = MessageAssembler(role: role, limit: limit, takesBinary: takesBinary)
      var events: [MessageAssembler.Event] = []
      do throws(MessageAssembler.Violation) {
        for frame in frames {
          if let event = try assembler.take(frame) { events.append(event) }
        }
      } catch {
        return (events, error.code)
      }
      return (events, nil)
    }
  }

  static func frame(
    _ opcode: WebSocketOpcode, _ bytes: [UInt8] = [], isLast: Bool = true, isMasked: Bool = true
  ) -> WebSocketFrame {
    let key: WebSocketMaskingKey? = isMasked ? [0xA1, 0xB2, 0xC3, 0xD4] : nil
    var data = ByteBuffer(bytes: bytes)
    if let key { data.webSocketMask(key) }
    return WebSocketFrame(fin: isLast, opcode: opcode, maskKey: key, data: data)
  }

  static func text(_ text: String, isLast: Bool = true) -> WebSocketFrame {
    frame(.text, Array(text.utf8), isLast: isLast)
  }

  static func more(_ bytes: [UInt8], isLast: Bool = false) -> WebSocketFrame {
    frame(.continuation, bytes, isLast: isLast)
  }

  private static func reserved(_ change: (inout WebSocketFrame) -> Void) -> WebSocketFrame {
    var frame = text("a")
    change(&frame)
    return frame
  }

  private static func opcode(_ raw: UInt8) -> WebSocketFrame {
    frame(WebSocketOpcode(encodedWebSocketOpcode: raw) ?? .text)
  }

  static let whole: [Case] = [
    Case(
      testDescription: "text", frames: [text("häh")],
      events: [.message(.text(Array("häh".utf8)))]),
    Case(testDescription: "empty text", frames: [text("")], events: [.message(.text([]))]),
    Case(
      testDescription: "as long as may be",
      frames: [text("0123456789abcdef")],
      events: [.message(.text(Array("0123456789abcdef".utf8)))]),
    Case(
      testDescription: "binary is no text", frames: [frame(.binary, [0xFF, 0xFE])],
      events: [.message(.binary([0xFF, 0xFE]))]),
    Case(
      testDescription: "bare frames for a client",
      frames: [frame(.text, [0x61], isMasked: false)], role: .client,
      events: [.message(.text([0x61]))]),
    Case(
      testDescription: "fragments with control frames between",
      frames: [
        text("ab", isLast: false), frame(.ping, [1, 2]), more([]), frame(.pong, [3]),
        more([0x63], isLast: true), text("d"),
      ],
      events: [
        .ping([1, 2]), .pong([3]), .message(.text([0x61, 0x62, 0x63])), .message(.text([0x64])),
      ]),
    Case(
      testDescription: "a character in two fragments",
      frames: [frame(.text, [0xE2, 0x82], isLast: false), more([0xAC], isLast: true)],
      events: [.message(.text([0xE2, 0x82, 0xAC]))]),
    Case(
      testDescription: "binary in fragments",
      frames: [frame(.binary, [0xFF], isLast: false), more([0x80], isLast: true)],
      events: [.message(.binary([0xFF, 0x80]))]),
    Case(
      testDescription: "close without a code", frames: [frame(.connectionClose)],
      events: [.close(code: nil, reason: "")]),
    Case(
      testDescription: "close with a reason",
      frames: [frame(.connectionClose, [0x03, 0xE8] + Array("bye €".utf8))],
      events: [.close(code: .normal, reason: "bye €")]),
    Case(
      testDescription: "the longest control frame",
      frames: [frame(.ping, [UInt8](repeating: 7, count: 125))],
      events: [.ping([UInt8](repeating: 7, count: 125))]),
  ]

  static let broken: [Case] = [
    Case(
      testDescription: "bare frame for a server",
      frames: [frame(.text, [0x61], isMasked: false)], code: .protocolError),
    Case(
      testDescription: "masked frame for a client", frames: [text("a")], role: .client,
      code: .protocolError),
    Case(testDescription: "RSV1", frames: [reserved { $0.rsv1 = true }], code: .protocolError),
    Case(testDescription: "RSV2", frames: [reserved { $0.rsv2 = true }], code: .protocolError),
    Case(testDescription: "RSV3", frames: [reserved { $0.rsv3 = true }], code: .protocolError),
    Case(
      testDescription: "continuation of nothing", frames: [more([], isLast: true)],
      code: .protocolError),
    Case(
      testDescription: "continuation of what has ended",
      frames: [text("a"), more([], isLast: true)], events: [.message(.text([0x61]))],
      code: .protocolError),
    Case(
      testDescription: "text inside of text", frames: [text("a", isLast: false), text("b")],
      code: .protocolError),
    Case(
      testDescription: "binary inside of text",
      frames: [text("a", isLast: false), frame(.binary)], code: .protocolError),
    Case(
      testDescription: "control frame in fragments", frames: [frame(.ping, isLast: false)],
      code: .protocolError),
    Case(
      testDescription: "control frame too long",
      frames: [frame(.pong, [UInt8](repeating: 0, count: 126))], code: .protocolError),
    Case(
      testDescription: "one byte too long", frames: [text("0123456789abcdefg")],
      code: .messageTooLong),
    Case(
      testDescription: "too long with a later fragment",
      frames: [text("0123456789", isLast: false), more([UInt8](repeating: 0x61, count: 7))],
      code: .messageTooLong),
    Case(testDescription: "not UTF-8", frames: [frame(.text, [0xFF])], code: .invalidData),
    Case(
      testDescription: "UTF-8 that ends inside of a character",
      frames: [frame(.text, [0xE2, 0x82])], code: .invalidData),
    Case(
      testDescription: "fails before the last fragment",
      frames: [frame(.text, [0xE2], isLast: false), more([0x28])], code: .invalidData),
    Case(
      testDescription: "ends inside of a character with the last fragment",
      frames: [frame(.text, [0x61], isLast: false), more([0xC3], isLast: true)],
      code: .invalidData),
    Case(
      testDescription: "binary where it is not taken",
      frames: [frame(.binary, [1], isLast: false)], takesBinary: false, code: .unsupportedData),
    Case(
      testDescription: "close of one byte", frames: [frame(.connectionClose, [3])],
      code: .protocolError),
    Case(
      testDescription: "close reason not UTF-8",
      frames: [frame(.connectionClose, [0x03, 0xE8, 0xC3, 0x28])], code: .invalidData),
    Case(
      testDescription: "close reason ends inside of a character",
      frames: [frame(.connectionClose, [0x03, 0xE8, 0xE2, 0x82])], code: .invalidData),
  ]

  static let opcodes: [Case] = ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).map {
    Case(testDescription: "opcode \($0)", frames: [opcode($0)], code: .protocolError)
  }

  @Test(arguments: whole + broken + opcodes)
  func `frames amount to messages or a violation`(_ example: Case) {
    let (events, code) = example.run()
    #expect(events == example.events)
    #expect(code == example.code)
  }

  @Test(
    arguments: [
      (0, false), (999, false), (1000, true), (1001, true), (1002, true), (1003, true),
      (1004, false), (1005, false), (1006, false), (1007, true), (1008, true), (1009, true),
      (1010, true), (1011, true), (1012, true), (1013, true), (1014, true), (1015, false),
      (1016, false), (1100, false), (2999, false), (3000, true), (3999, true), (4000, true),
      (4999, true), (5000, false), (65535, false),
    ] as [(UInt16, Bool)])
  func `close codes are those of the registry`(_ code: UInt16, _ isAllowed: Bool) {
    let bytes = [UInt8(code >> 8), UInt8(code & 0xFF)]
    let (events, violation) = Case(
      testDescription: "", frames: [Self.frame(.connectionClose, bytes)]
    ).run()
    if isAllowed {
      #expect(events == [.close(code: WebSocketCloseCode(rawValue: code), reason: "")])
    } else {
      #expect(violation == .protocolError)
    }
  }

  @Test(arguments: 0..<40)
  func `every length is unmasked right`(_ count: Int) {
    let bytes = (0..<count).map { UInt8($0 &* 37 & 0xFF) }
    let example = Case(testDescription: "", frames: [Self.frame(.binary, bytes)], limit: 64)
    #expect(example.run().0 == [.message(.binary(bytes))])
  }

  @Test(arguments: [
    (NIOWebSocketError.invalidFrameLength, WebSocketCloseCode.messageTooLong),
    (.fragmentedControlFrame, .protocolError), (.multiByteControlFrameLength, .protocolError),
  ])
  func `errors of the decoder have codes`(_ error: NIOWebSocketError, _ code: WebSocketCloseCode) {
    #expect(MessageAssembler.violation(for: error, limit: 1).code == code)
  }
}
