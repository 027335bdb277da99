import HummingbirdCore

// The protocol's own Request and Response are JSON-RPC's; these are HTTP's.
typealias HTTPRequestMessage = HummingbirdCore.Request
typealias HTTPReply = HummingbirdCore.Response
