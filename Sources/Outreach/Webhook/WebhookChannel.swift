import JSONRPC
package import Marketing

/// Posts messages to a URL, signed: the way to whoever calls, texts, chats or keeps customers' records.
package struct WebhookChannel: MessageChannel {
  private let post: SignedPost

  /// A channel; connects when there is something to send.
  package init(_ settings: WebhookSettings, now: @escaping @Sendable () -> Timestamp) {
    post = SignedPost(settings, now: now)
  }

  package func destination(of message: OutboundMessage) -> String { post.settings.origin }

  package func send(_ attempt: DeliveryAttempt) async -> DeliveryOutcome {
    await post.send(Self.body(of: attempt), as: attempt.message.id.rawValue)
  }

  /// What is posted: the same at every attempt, but for the mark that it may be there already.
  private static func body(of attempt: DeliveryAttempt) -> JSONObject {
    let message = attempt.message
    var data: JSONObject = [
      "id": .string(message.id.rawValue), "workspace": .string(attempt.workspace.rawValue),
      "leadID": .string(message.leadID.rawValue), "channel": .string(message.channel.rawValue),
      "purpose": .string(message.purpose.rawValue), "to": .string(message.destination),
      "subject": .string(message.content.subject), "text": .string(message.content.text),
      "possibleDuplicate": .bool(attempt.isPossibleDuplicate), "isWrittenBySoftware": true,
    ]
    if let html = message.content.html { data["html"] = .string(html) }
    if let engagement = message.engagementID { data["engagementID"] = .string(engagement.rawValue) }
    if let campaign = message.campaignID { data["campaignID"] = .string(campaign.rawValue) }
    if let variant = message.variantID { data["variantID"] = .string(variant) }
    if let step = message.step { data["step"] = JSONValue(step) }
    return [
      "type": "message.outbound", "timestamp": .string(message.createdAt.iso8601),
      "data": .object(data),
    ]
  }
}
