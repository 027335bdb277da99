import CCurl

/// What is seen of one mail's way to the server. Lives on one thread, for the time of one call of the library.
final class SMTPTransfer {
  private let bytes: [UInt8]
  private var sent = 0
  private(set) var hasReachedEnd = false
  /// The verb of the last command.
  private(set) var command = ""
  /// The last answer, all of its lines.
  private(set) var answer = ""
  private var isAnswerWhole = true
  private var hasLeft = false
  /// Whether the server has answered what came behind the last byte.
  private(set) var isAnswered = false
  private let isStopped: () -> Bool

  /// - Parameter isStopped: whether the mail is not to leave any more.
  init(_ bytes: [UInt8], isStopped: @escaping () -> Bool) {
    self.bytes = bytes
    self.isStopped = isStopped
  }

  /// Whether it can be ended as if it had not been begun: no server has a mail whose end it has not seen.
  var isToEnd: Bool { !hasReachedEnd && isStopped() }

  /// The code at the start of the last answer.
  var code: Int? { Int(answer.prefix(3)) }

  /// Starts anew, for another connection.
  func rewind() {
    sent = 0
    hasReachedEnd = false
    isAnswered = false
    command = ""
    answer = ""
    isAnswerWhole = true
    hasLeft = false
  }

  fileprivate func read(into buffer: UnsafeMutablePointer<CChar>, _ room: Int) -> Int {
    let count = min(room, bytes.count - sent)
    guard count > 0 else {
      hasReachedEnd = true
      return 0
    }
    bytes.withUnsafeBytes { source in
      UnsafeMutableRawPointer(buffer).copyMemory(
        from: source.baseAddress! + sent, byteCount: count)
    }
    sent += count
    // From here on nobody can tell how much of it has left.
    if sent == bytes.count { hasReachedEnd = true }
    return count
  }

  /// - Parameter line: of a command only the verb is looked at: others hold passwords.
  fileprivate func note(_ kind: curl_infotype, _ line: UnsafeBufferPointer<UInt8>) {
    // The library takes its leave behind a failure: what is said then tells nothing of the mail.
    if hasLeft { return }
    switch kind {
    case CURLINFO_HEADER_OUT:
      let verb = line.prefix(4).prefix { ($0 | 0x20) &- UInt8(ascii: "a") < 26 }
      if line.starts(with: "QUIT".utf8) {
        hasLeft = true
        return
      }
      // What follows `AUTH` are secrets in base 64.
      if command != "AUTH" || verb.elementsEqual("MAIL".utf8) {
        command = String(decoding: verb, as: UTF8.self)
      }
    case CURLINFO_HEADER_IN:
      if isAnswerWhole { answer = "" }
      let text = String(decoding: line, as: UTF8.self)
      if answer.utf8.count < 2000 { answer += text }
      isAnswerWhole = text.utf8.dropFirst(3).first != UInt8(ascii: "-")
      if hasReachedEnd, isAnswerWhole { isAnswered = true }
    default: break
    }
  }

  /// Hands itself to the library for the time of `body`.
  func observed<Result>(by handle: CURLHandle, _ body: () -> Result) -> Result {
    let context = Unmanaged.passUnretained(self).toOpaque()
    handle.set(
      reader: { buffer, size, count, context in
        guard let buffer, let context else { return 0 }
        return Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue()
          .read(into: buffer, size * count)
      },
      observer: { _, kind, data, size, context in
        guard let data, let context else { return 0 }
        data.withMemoryRebound(to: UInt8.self, capacity: size) { data in
          Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue()
            .note(kind, UnsafeBufferPointer(start: data, count: size))
        }
        return 0
      },
      watch: { context, _, _, _, _ in
        guard let context else { return 0 }
        return Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue().isToEnd ? 1 : 0
      }, context: context)
    return withExtendedLifetime(self, body)
  }
}
