import JSONRPC
package import Logging
package import Marketing

/// Takes every message over and sends none: nothing leaves, all else goes its way. What is used until a channel
/// is set up.
package final class DryRunChannel: MessageChannel {
  /// So many of the latest messages are remembered by name.
  private static let mostRecords = 1000

  private let logger: Logger
  private let records = Locked<[MessageID]>([])

  /// A channel.
  package init(logger: Logger) { self.logger = logger }

  /// The names of the latest messages, in the order they were taken over.
  package var recorded: [MessageID] { records.withLock { $0 } }

  package func destination(of message: OutboundMessage) -> String { "dry run" }

  package func send(_ attempt: DeliveryAttempt) async -> DeliveryOutcome {
    let message = attempt.message
    records.withLock { records in
      if records.count == Self.mostRecords { records.removeFirst(Self.mostRecords / 2) }
      records.append(message.id)
    }
    logger.info(
      "dry run: a message was not sent",
      metadata: [
        "message": "\(message.id)", "lead": "\(message.leadID)",
        "channel": "\(message.channel.rawValue)", "purpose": "\(message.purpose.rawValue)",
      ])
    return .delivered(DeliveryAnswer("dry run"))
  }
}
