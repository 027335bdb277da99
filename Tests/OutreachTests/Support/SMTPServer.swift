import Foundation
import JSONRPC
import NIOCore
import NIOPosix
import NIOSSL

/// A mail that a server took.
struct ReceivedMail: Sendable {
  let from: String
  let to: String
  let text: String
  let isProtected: Bool
  let user: String?

  /// The value of a header, unfolded.
  func header(_ name: String) -> String? {
    let head = text.components(separatedBy: "\r\n\r\n")[0]
      .replacingOccurrences(of: "\r\n ", with: " ")
    return head.components(separatedBy: "\r\n")
      .first { $0.lowercased().hasPrefix("\(name.lowercased()): ") }
      .map { String($0.dropFirst(name.count + 2)) }
  }
}

/// What a server does at a stage of a session.
enum SMTPAction: Sendable {
  /// What servers do.
  case usual
  case say(String)
  case close
  /// Does what servers do, and closes instead of saying so.
  case takeAndClose
  /// Does what servers do, once a door is open.
  case after(Door)
  case nothing
}

/// A real SMTP server, which does at each stage what a script says. Stages are the verbs of commands, `CONNECT`,
/// and `END` for the end of a mail.
final class SMTPServer: Sendable {
  struct Options: Sendable {
    var certificate: TestCertificate?
    var isImplicit = false
    var credentials: (user: String, password: String)?
    /// Also told which time it is that the stage is reached, from 0 on, over all sessions.
    var script: @Sendable (_ stage: String, _ time: Int) -> SMTPAction = { _, _ in .usual }
  }

  struct Record: Sendable {
    var mails: [ReceivedMail] = []
    var connections = 0
    var stages: [String: Int] = [:]
  }

  let options: Options
  let record = Locked(Record())
  private let channel: any Channel

  var port: Int { channel.localAddress?.port ?? 0 }
  var mails: [ReceivedMail] { record.withLock { $0.mails } }
  var connections: Int { record.withLock { $0.connections } }

  private init(_ options: Options, _ channel: any Channel, _ sessions: Locked<SMTPServer?>) {
    self.options = options
    self.channel = channel
    sessions.withLock { $0 = self }
  }

  /// Runs `body` with a server on a port of its own.
  static func run(
    _ options: Options = Options(), _ body: (SMTPServer) async throws -> Void
  ) async throws {
    let place = Locked<SMTPServer?>(nil)
    let context = try options.certificate?.serverContext()
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let server = place.withLock({ $0 }) else { return }
          let isImplicit = options.isImplicit
          if isImplicit, let context {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          try channel.pipeline.syncOperations.addHandler(
            SMTPSession(server, context: context, isProtected: isImplicit))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let server = SMTPServer(options, channel, place)
    do {
      try await body(server)
    } catch {
      try? await channel.close()
      throw error
    }
    try? await channel.close()
  }

  func action(at stage: String) -> SMTPAction {
    let time = record.withLock { record in
      defer { record.stages[stage, default: 0] += 1 }
      return record.stages[stage, default: 0]
    }
    return options.script(stage, time)
  }
}

/// One connection.
private final class SMTPSession: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let server: SMTPServer
  private let context: NIOSSLContext?
  private var isProtected: Bool
  private var received = ""
  private var isData = false
  private var waitsForSecret = false
  private var user: String?
  private var from = ""
  private var to = ""

  init(_ server: SMTPServer, context: NIOSSLContext?, isProtected: Bool) {
    self.server = server
    self.context = context
    self.isProtected = isProtected
  }

  func channelActive(context: ChannelHandlerContext) {
    server.record.withLock { $0.connections += 1 }
    act("CONNECT", context) { "220 mail.example ESMTP" }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += String(buffer: unwrapInboundIn(data))
    while true {
      if isData {
        let whole = "\r\n" + received
        guard let end = whole.range(of: "\r\n.\r\n") else { return }
        let mail = String(whole[..<end.lowerBound].dropFirst(1))
        received = String(whole[end.upperBound...])
        isData = false
        take(mail, context)
      } else {
        guard let end = received.range(of: "\r\n") else { return }
        let line = String(received[..<end.lowerBound])
        received = String(received[end.upperBound...])
        take(line: line, context)
      }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func take(_ mail: String, _ context: ChannelHandlerContext) {
    let text = mail.replacingOccurrences(of: "\r\n..", with: "\r\n.")
    let mail = ReceivedMail(
      from: from, to: to, text: text, isProtected: isProtected, user: user)
    act("END", context) {
      self.server.record.withLock { $0.mails.append(mail) }
      return "250 2.0.0 queued"
    }
  }

  private func take(line: String, _ context: ChannelHandlerContext) {
    if waitsForSecret {
      waitsForSecret = false
      return authenticate(line, context)
    }
    let verb = String(line.prefix(4)).uppercased()
    act(verb, context) {
      switch verb {
      case "EHLO": return self.greeting
      case "STAR": return self.startTLS(context)
      case "AUTH":
        let parts = line.split(separator: " ")
        if parts.count > 2 {
          self.authenticate(String(parts[2]), context)
          return nil
        }
        self.waitsForSecret = true
        return "334 "
      case "MAIL":
        guard self.server.options.credentials == nil || self.user != nil else {
          return "530 5.7.0 Authentication required"
        }
        self.from = Self.address(line)
        return "250 2.1.0 ok"
      case "RCPT":
        self.to = Self.address(line)
        return "250 2.1.5 ok"
      case "DATA":
        self.isData = true
        return "354 go on"
      case "QUIT": return "221 bye"
      default: return "250 ok"
      }
    }
  }

  private var greeting: String {
    var lines = ["mail.example", "SIZE 10000000", "8BITMIME", "SMTPUTF8"]
    if context != nil, !isProtected { lines.append("STARTTLS") }
    if server.options.credentials != nil { lines.append("AUTH PLAIN") }
    return lines.enumerated().map { "250\($0 == lines.count - 1 ? " " : "-")\($1)" }
      .joined(separator: "\r\n")
  }

  private func startTLS(_ channel: ChannelHandlerContext) -> String? {
    guard let context else { return "502 no" }
    say("220 ready", channel)
    isProtected = true
    try? channel.pipeline.syncOperations.addHandler(
      NIOSSLServerHandler(context: context), position: .first)
    return nil
  }

  private func authenticate(_ secret: String, _ context: ChannelHandlerContext) {
    let text = Data(base64Encoded: secret).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let parts = text.split(separator: "\0", omittingEmptySubsequences: false)
    guard let known = server.options.credentials, parts.count == 3,
      parts[1] == known.user, parts[2] == known.password
    else { return say("535 5.7.8 wrong", context) }
    user = known.user
    say("235 2.7.0 welcome", context)
  }

  private func act(
    _ stage: String, _ context: ChannelHandlerContext, _ usual: @escaping () -> String?
  ) {
    switch server.action(at: stage) {
    case .usual: if let text = usual() { say(text, context) }
    case .say(let text): say(text, context)
    case .close: context.close(promise: nil)
    case .takeAndClose:
      _ = usual()
      context.close(promise: nil)
    case .after(let door):
      let promise = context.eventLoop.makePromise(of: Void.self)
      promise.completeWithTask { await door.pass() }
      promise.futureResult.assumeIsolated().whenSuccess {
        if let text = usual() { self.say(text, context) }
      }
    case .nothing: break
    }
  }

  private func say(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "\(text)\r\n")), promise: nil)
  }

  private static func address(_ line: String) -> String {
    String(line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
  }
}
