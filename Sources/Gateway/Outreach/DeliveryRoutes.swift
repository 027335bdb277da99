import HTTPTypes
import Hummingbird
import JSONRPC
import Logging
import MCP
import Marketing

/// Takes reports of what became of messages from who carried them, signed as Standard Webhooks has it.
struct DeliveryRoutes: Sendable {
  /// Where they are posted.
  static let path = "/webhooks/deliveries"
  /// The scheme that a refusal names, which has none of its own registered.
  private static let challenge = "Standard-Webhooks"

  let intake: DeliveryIntake?
  let maximumDepth: Int
  let logger: Logger
  /// Whether new requests are turned away.
  let isClosing: @Sendable () -> Bool

  /// Adds the operation; before those of the API.
  func addRoutes(to router: Router<GatewayContext>) {
    router.add(
      middleware: PathMiddleware(matches: { $0 == Self.path }) { message, context in
        let request = APIRequest(message: message, context: context, resourceMetadata: nil)
        do throws(ProblemDetails) {
          return try await respond(to: request).reply
        } catch {
          return error.reply
        }
      })
  }

  private func respond(to request: APIRequest) async throws(ProblemDetails) -> RESTAnswer {
    guard request.message.method == .post else { throw request.notAllowed([.post]) }
    guard let intake else {
      throw request.problem(.notFound, "No reports are taken; see webhook.inboundSecretFile")
    }
    if isClosing() { throw request.shuttingDown }
    let body = try await RESTRoutes.body(of: request)
    guard let stamp = Self.stamp(of: request), let reach = intake.reach(stamp, body) else {
      throw request.problem(
        .unauthorized,
        "The request is not signed by who may report, or its time is not within five minutes of now",
        headers: [.wwwAuthenticate: Self.challenge])
    }
    let read = try read(body, request)
    let workspace = try Self.workspace(read.workspace, reach, intake, request)
    do {
      let accepted = try await intake.report(read.reports, workspace)
      return RESTAnswer(json: JSONWriter.bytes(of: ["accepted": JSONValue(accepted)]))
    } catch {
      logger.error("reports of deliveries could not be taken", metadata: ["cause": "\(error)"])
      throw request.problem(
        .unavailable, "The reports cannot be taken at the moment", headers: [.retryAfter: "5"])
    }
  }

  /// The workspace that is reported of: the one that is named, where who signed may report of it.
  private static func workspace(
    _ named: WorkspaceID?, _ reach: DeliveryIntake.Reach, _ intake: DeliveryIntake,
    _ request: APIRequest
  ) throws(ProblemDetails) -> WorkspaceID {
    switch reach {
    case .every: return named ?? intake.workspace
    case .one(let own):
      guard named == nil || named == own else {
        throw request.problem(
          .insufficientScope,
          "The secret that signs the request is for reports of the workspace '\(own)' alone")
      }
      return own
    }
  }

  private func read(
    _ body: [UInt8], _ request: APIRequest
  ) throws(ProblemDetails) -> DeliveryReportReader {
    let json: JSONValue
    do {
      json = try JSONParser(maximumDepth: maximumDepth, maximumBytes: RESTRoutes.maximumBody)
        .parse(body)
    } catch {
      throw request.problem(.invalidData, "The body is no JSON: \(error)")
    }
    let read = DeliveryReportReader(json)
    guard read.errors.isEmpty else {
      let list = read.errors.map { "\n- \($0.pointer): \($0.detail)" }.joined()
      throw request.problem(.invalidData, "Invalid reports:\(list)", errors: read.errors)
    }
    return read
  }

  private static func stamp(of request: APIRequest) -> WebhookStamp? {
    let headers = request.message.headers
    let ids = headers[values: .webhookID]
    let times = headers[values: .webhookTimestamp]
    let signatures = headers[values: .webhookSignature]
    guard ids.count == 1, !ids[0].isEmpty, times.count == 1, signatures.count == 1,
      let seconds = UInt32(times[0]).map(Int64.init)
    else { return nil }
    return WebhookStamp(id: ids[0], seconds: seconds, signature: signatures[0])
  }
}
