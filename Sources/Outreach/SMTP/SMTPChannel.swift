import CCurl
import JSONRPC
package import Marketing
import NIOPosix

/// Hands mails to a server by SMTP (RFC 5321), over connections that are used again.
///
/// A class, for its threads end when nobody has it any more. They are its own, as the library blocks.
package final class SMTPChannel: MessageChannel {
  private let settings: SMTPSettings
  private let mail: MailSettings
  private let now: @Sendable () -> Timestamp
  private let threads: NIOThreadPool
  private let idle = Locked<[CURLHandle]>([])
  private let isStopped = Locked(false)

  /// A channel; connects when there is something to send.
  package init(
    _ settings: SMTPSettings, mail: MailSettings, now: @escaping @Sendable () -> Timestamp
  ) {
    self.settings = settings
    self.mail = mail
    self.now = now
    threads = NIOThreadPool(numberOfThreads: max(1, settings.connections))
    threads.start()
  }

  deinit { threads.shutdownGracefully { _ in } }

  package func destination(of message: OutboundMessage) -> String {
    "smtp \(settings.host):\(settings.port)"
  }

  package func stop() { isStopped.withLock { $0 = true } }

  package func send(_ attempt: DeliveryAttempt) async -> DeliveryOutcome {
    await send(attempt, calendar: nil)
  }

  /// Sends a mail with an invitation as a part of it.
  func send(_ attempt: DeliveryAttempt, calendar: String?) async -> DeliveryOutcome {
    if let flaw = settings.flaw {
      return .deferred(DeliveryAnswer("bad settings", flaw), .aboutUs)
    }
    let message: MailMessage
    do throws(MailError) {
      message = try MailMessage(attempt, settings: mail, calendar: calendar, at: now())
    } catch {
      return .refused(DeliveryAnswer("invalid message", error.message))
    }
    let outcome = try? await threads.runIfActive { self.transfer(message) }
    return outcome
      ?? .deferred(
        DeliveryAnswer("closed", "The channel is closed"), .init(isUnavailable: true))
  }

  private func transfer(_ message: MailMessage) -> DeliveryOutcome {
    let transfer = SMTPTransfer(message.bytes) { [isStopped] in isStopped.withLock { $0 } }
    if transfer.isToEnd { return .withdrawn }
    guard let handle = idle.withLock({ $0.popLast() }) ?? CURLHandle() else {
      return .deferred(DeliveryAnswer("no memory"), .init(isUnavailable: true))
    }
    defer { idle.withLock { $0.append(handle) } }
    var code = perform(message, transfer, handle, isFresh: false)
    // A connection that was kept may have been closed by the server while we used it: not the mail's fault.
    if code != CURLE_OK, handle.newConnections == 0, !transfer.hasReachedEnd, !transfer.isToEnd,
      transfer.code.map({ $0 < 400 || $0 == 421 }) ?? true
    {
      transfer.rewind()
      code = perform(message, transfer, handle, isFresh: true)
    }
    return SMTPVerdict.outcome(code, transfer, error: CURLHandle.text(code))
  }

  private func perform(
    _ message: MailMessage, _ transfer: SMTPTransfer, _ handle: CURLHandle, isFresh: Bool
  ) -> CURLcode {
    handle.reset()
    guard handle.set(CURLOPT_PROTOCOLS_STR, settings.tls == .implicit ? "smtps" : "smtp") else {
      return CURLE_UNSUPPORTED_PROTOCOL
    }
    handle.set(CURLOPT_URL, settings.url)
    // Signals would hit the whole process.
    handle.set(CURLOPT_NOSIGNAL, 1)
    handle.set(CURLOPT_UPLOAD, 1)
    handle.set(CURLOPT_INFILESIZE_LARGE, size: message.bytes.count)
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout.wholeMilliseconds))
    handle.set(CURLOPT_TIMEOUT_MS, Int(settings.timeLimit.wholeMilliseconds))
    handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(settings.timeLimit.components.seconds))
    // Proxies of the environment are for others.
    handle.set(CURLOPT_PROXY, "")
    if isFresh { handle.set(CURLOPT_FRESH_CONNECT, 1) }
    if settings.tls != .off {
      handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
      handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
      handle.set(CURLOPT_SSL_VERIFYPEER, 1)
      handle.set(CURLOPT_SSL_VERIFYHOST, 2)
      if let file = settings.certificateFile { handle.set(CURLOPT_CAINFO, file) }
    }
    if let user = settings.user {
      handle.set(CURLOPT_USERNAME, user)
      handle.set(CURLOPT_PASSWORD, settings.password ?? "")
    }
    handle.set(CURLOPT_MAIL_FROM, "<\(message.sender)>")
    return transfer.observed(by: handle) {
      handle.perform(recipient: "<\(message.recipient)>")
    }
  }
}
