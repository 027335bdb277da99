import HTTPTypes
import Hummingbird
import JSONRPC
import Logging
import MCP
import Marketing
import NIOCore

extension RESTRoutes {
  /// Calls the tool. A client that goes away cancels the call.
  func perform(_ call: RESTCall) async throws(ProblemDetails) -> RESTAnswer {
    let request = call.request
    switch await outcome(of: call) {
    case .success(let result): return answer(result, call)
    case .failure(.protocolError(let error)) where error.code == .internalError:
      server.logger.error(
        "request failed",
        metadata: [
          "tool": "\(call.toolName)", "place": "\(error.place)", "cause": "\(error.cause ?? "-")",
        ])
      throw request.problem(.internalError, "The server could not serve this request")
    case .failure(.protocolError(let error)) where error.code == .rateLimited:
      throw request.tooMany(after: error.data?["retryAfterMs"]?.integerValue ?? 1000)
    case .failure(.protocolError(let error)): throw request.problem(.invalidData, error.message)
    case .failure(.cancelled):
      throw request.problem(
        .unavailable, "The request was cancelled", headers: [.retryAfter: "1"])
    case .failure(let interruption):
      server.logger.error(
        "request failed",
        metadata: ["tool": "\(call.toolName)", "cause": "\(interruption)"])
      throw request.problem(.internalError, "The server could not serve this request")
    }
  }

  private func answer(_ result: ToolResult, _ call: RESTCall) -> RESTAnswer {
    if !result.isError, let structured = result.structured { return call.answer(structured) }
    var problem: CallProblem
    if let known = result.problem {
      problem = known
    } else {
      let texts = result.content.compactMap { block -> String? in
        if case .text(let text) = block.body { text } else { nil }
      }
      problem = CallProblem(.invalid, texts.joined(separator: "\n"))
    }
    // What no thing can be named by names none.
    let isMisnamed = problem.kind == .invalid && problem.fields.contains(where: call.isInPath)
    if isMisnamed { problem = CallProblem(.notFound, problem.message, fields: problem.fields) }
    return RESTAnswer(call.request.problem(problem))
  }

  private func outcome(of call: RESTCall) async -> Result<ToolResult, CallInterruption> {
    let connection = call.request.context.connection
    let end = OneShot<Bool>()
    let key = connection.whenGone { end.fulfil(false) }
    defer { connection.forget(key) }
    return await withTaskGroup(of: Result<ToolResult, CallInterruption>.self) { group in
      group.addTask {
        defer { end.fulfil(true) }
        do throws(CallInterruption) {
          return .success(
            try await server.call(
              call.tool, call.arguments, for: call.principal, policy: policy(connection)))
        } catch {
          return .failure(error)
        }
      }
      if await !end.value() { group.cancelAll() }
      return await group.next() ?? .failure(.cancelled)
    }
  }

  /// Reads the body and calls the tool, once for each `Idempotency-Key`.
  func performOnce(_ call: inout RESTCall) async throws(ProblemDetails) -> RESTAnswer {
    let request = call.request
    let key: IdempotencyKey?
    do {
      key = try IdempotencyKey.of(request.message.headers)
    } catch {
      throw request.problem(
        .invalidData, IdempotencyKey.Invalid.detail,
        errors: [.init(pointer: "/Idempotency-Key", detail: IdempotencyKey.Invalid.detail)])
    }
    let body = try await Self.body(of: request)
    do {
      let json = try JSONParser(
        maximumDepth: server.limits.maximumDepth, maximumBytes: Self.maximumBody
      ).parse(body)
      guard let object = json.objectValue else {
        throw request.problem(
          .invalidData, "The body is \(json.typeName), expected an object",
          errors: [.init(pointer: "", detail: "is \(json.typeName), expected an object")])
      }
      call.arguments = object
      try call.fillFromPath()
    } catch let problem as ProblemDetails {
      throw problem
    } catch {
      throw request.problem(.invalidData, "The body is no JSON: \(error)")
    }
    guard let key else { return try await perform(call) }
    return try await perform(call, under: key, body: body)
  }

  /// The body of a request that brings JSON.
  static func body(of request: APIRequest) async throws(ProblemDetails) -> [UInt8] {
    let headers = request.message.headers
    let type = headers[values: .contentType].map { value in
      value.split(separator: ";").first.map { MediaRange.trimmed($0) }
    }
    guard type == ["application/json"] else {
      throw request.problem(
        .unsupportedMediaType, "Content-Type must be application/json",
        headers: [.accept: "application/json"])
    }
    let encodings = headers[values: .contentEncoding].filter { $0.lowercased() != "identity" }
    guard encodings.isEmpty else {
      throw request.problem(
        .unsupportedMediaType, "The body must not be encoded",
        headers: [.acceptEncoding: "identity"])
    }
    let tooLarge = request.problem(
      .bodyTooLarge, "The body is longer than \(maximumBody) bytes",
      headers: [.connection: "close"])
    if let length = headers[.contentLength].flatMap(Int.init), length > maximumBody {
      throw tooLarge
    }
    do {
      return Array(buffer: try await request.message.body.collect(upTo: maximumBody))
    } catch is NIOTooManyBytesError {
      throw tooLarge
    } catch {
      throw request.problem(
        .invalidData, "The body could not be read", headers: [.connection: "close"])
    }
  }

  private func perform(
    _ call: RESTCall, under key: IdempotencyKey, body: [UInt8]
  ) async throws(ProblemDetails) -> RESTAnswer {
    let request = call.request
    let workspace = WorkspaceID(rawValue: call.principal.workspace)
    let claim = try claim(call, key, body)
    switch try await storing(
      request,
      { () async throws(StoreError) in
        try await idempotency.claim(claim, in: workspace)
      })
    {
    case .answered(let stored) where stored == .erased:
      throw request.problem(
        .erased,
        "The request with this Idempotency-Key was served; its answer named a person who was erased"
      )
    case .answered(let stored): return RESTAnswer(stored)
    case .mismatch:
      throw request.problem(
        .keyReused, "This Idempotency-Key was used for another request; use a new one")
    case .running(let end):
      let seconds = max(1, min(5, (end - now()).components.seconds))
      throw request.problem(
        .requestRunning, "The request with this Idempotency-Key is still running",
        headers: [.retryAfter: "\(seconds)"])
    case .claimed: break
    }
    let answer: RESTAnswer
    do {
      answer = try await perform(call)
    } catch {
      answer = RESTAnswer(error)
    }
    do {
      if let stored = answer.stored {
        try await idempotency.complete(
          claim, with: stored, about: call.lead(in: stored), in: workspace)
      } else {
        try await idempotency.release(claim, in: workspace)
      }
    } catch {
      // What was asked for is done, and stays so; only a repeat will not know.
      server.logger.warning(
        "an idempotency key could not be stored", metadata: ["cause": "\(error)"])
    }
    return answer
  }

  /// What a key is used for. With the other preference it is another request.
  private func claim(
    _ call: RESTCall, _ key: IdempotencyKey, _ body: [UInt8]
  ) throws(ProblemDetails) -> IdempotencyClaim {
    let message = call.request.message
    let preference = call.isAsync ? "Prefer: \(Preferences.respondAsync)\n" : ""
    do {
      return IdempotencyClaim(
        principal: call.principal.name, key: key.text,
        fingerprint: try server.sealer.digest(
          Array("\(message.method.rawValue) \(call.request.path)\n\(preference)".utf8) + body),
        holder: try server.sealer.randomBytes(16), time: now())
    } catch {
      server.logger.error("request failed", metadata: ["cause": "\(error)"])
      throw call.request.problem(.internalError, "The server could not serve this request")
    }
  }

  private func storing<Value>(
    _ request: APIRequest, _ step: () async throws(StoreError) -> Value
  ) async throws(ProblemDetails) -> Value {
    do {
      return try await step()
    } catch {
      server.logger.warning(
        "\(error.message)", metadata: ["cause": "\(error.cause ?? "-")"])
      throw request.problem(
        .unavailable, "The request cannot be stored at the moment", headers: [.retryAfter: "1"])
    }
  }
}

extension RESTCall {
  /// Fills the arguments that the path names. A body may repeat them, but not contradict.
  fileprivate mutating func fillFromPath() throws(ProblemDetails) {
    var errors: [CallProblem.Field] = []
    for argument in filled {
      let value = JSONValue.string(argument.value)
      if let own = arguments[argument.name], own != value {
        errors.append(
          .init(pointer: "/\(argument.name)", detail: "is another than the path's, leave it out"))
      }
      arguments[argument.name] = value
    }
    for name in route.omitted where arguments[name] != nil {
      errors.append(.init(pointer: "/\(name)", detail: "is not taken by this operation"))
    }
    guard errors.isEmpty else {
      throw request.problem(
        .invalidData, "The body does not go with the path", errors: errors)
    }
  }

  /// Whether a field is one that the path fills.
  fileprivate func isInPath(_ field: CallProblem.Field) -> Bool {
    route.path.contains { segment in
      if case .argument(let name, _) = segment { "/\(name)" == field.pointer } else { false }
    }
  }
}
