import HTTPTypes
import Hummingbird
import HummingbirdCore
import MCP

/// Finds out who makes a request; nothing behind it is reached by anybody else.
struct AuthenticationMiddleware: RouterMiddleware {
  typealias Context = GatewayContext

  /// Who a request with these headers is.
  let identify: @Sendable (HTTPFields) -> Identity?

  func handle(
    _ request: HTTPRequestMessage, context: GatewayContext,
    next: @concurrent (HTTPRequestMessage, GatewayContext) async throws -> HTTPReply
  ) async throws -> HTTPReply {
    var context = context
    context.identity = identify(request.headers)
    return try await next(request, context)
  }
}
