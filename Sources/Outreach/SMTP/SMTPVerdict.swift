import CCurl
import Marketing

/// What a mail's way to the server comes to.
enum SMTPVerdict {
  /// Answers to these are about the mail; those to others are about us and the server.
  private static let commandsOfMail: Set<String> = ["MAIL", "RCPT", "DATA"]

  /// - Parameter error: the library's words for the code.
  static func outcome(
    _ code: CURLcode, _ transfer: SMTPTransfer, error: String
  ) -> DeliveryOutcome {
    if code == CURLE_OK { return .delivered(answer(of: transfer)) }
    guard let reply = transfer.code, reply >= 400,
      !transfer.hasReachedEnd || transfer.isAnswered
    else {
      return .deferred(
        DeliveryAnswer("no connection", error),
        .init(
          isUnavailable: true, mayHaveArrived: transfer.hasReachedEnd && !transfer.isAnswered))
    }
    let isOfMail = commandsOfMail.contains(transfer.command)
    // "Service not available" and "authentication required" can answer any command.
    let isUnavailable = !isOfMail || [421, 454, 530, 535].contains(reply)
    if reply < 500 || isUnavailable {
      return .deferred(answer(of: transfer), .init(isUnavailable: isUnavailable))
    }
    return .refused(answer(of: transfer))
  }

  /// The code, with the enhanced one (RFC 3463) where the server gives it.
  private static func answer(of transfer: SMTPTransfer) -> DeliveryAnswer {
    let text = HeaderText.oneLine(transfer.answer)
    let code = text.prefix(3)
    let enhanced = text.dropFirst(4).prefix { $0.isNumber || $0 == "." }
    let isEnhanced = enhanced.split(separator: ".").count == 3 && enhanced.utf8.count <= 11
    return DeliveryAnswer(isEnhanced ? "\(code) \(enhanced)" : "\(code)", text)
  }
}
