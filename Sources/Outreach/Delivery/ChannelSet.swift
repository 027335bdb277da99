package import Marketing

/// The ways on which messages leave, and how much goes by each.
package struct ChannelSet: Sendable {
  /// How much goes by a channel.
  package struct Limits: Sendable, Hashable {
    /// So many messages are sent at a time.
    package var concurrency: Int
    /// So many a second; 0 for no limit.
    package var perSecond: Double

    /// Limits.
    package init(concurrency: Int = 4, perSecond: Double = 0) {
      self.concurrency = concurrency
      self.perSecond = perSecond
    }
  }

  private var channels: [OutreachChannel: any MessageChannel] = [:]
  private var limits: [OutreachChannel: Limits] = [:]
  private let fallback: any MessageChannel
  private let usualLimits: Limits

  /// Ways that all lead to one channel until others are set.
  package init(fallback: any MessageChannel, limits: Limits = Limits()) {
    self.fallback = fallback
    self.usualLimits = limits
  }

  /// Sets a way.
  package mutating func set(
    _ channel: any MessageChannel, for kind: OutreachChannel, limits: Limits? = nil
  ) {
    channels[kind] = channel
    self.limits[kind] = limits
  }

  /// The way for a kind of message.
  package func channel(for kind: OutreachChannel) -> any MessageChannel {
    channels[kind] ?? fallback
  }

  /// Gives back what has not left yet, and takes nothing more.
  package func stop() {
    for channel in channels.values { channel.stop() }
    fallback.stop()
  }

  /// How much goes by it.
  package func limits(for kind: OutreachChannel) -> Limits { limits[kind] ?? usualLimits }
}
