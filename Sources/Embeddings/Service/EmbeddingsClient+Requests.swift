import AsyncHTTPClient
import JSONRPC
import Marketing
import NIOCore
import NIOHTTP1

// One request, with what is tried again.
extension EmbeddingsClient {
  /// What a service answered.
  private struct Reply {
    let status: HTTPResponseStatus
    /// How long it asks to be left alone.
    let retryAfter: Duration?
    let body: [UInt8]
  }

  /// What came of a request.
  private enum Outcome {
    case good([UInt8])
    /// It may be made again, after a time if the service names one.
    case later(EmbeddingError, Duration?)
  }

  /// So much is read of what an error says.
  private static let mostErrorBytes = 16_384

  /// The bytes of a good answer.
  func answer(to texts: [String]) async throws(EmbeddingError) -> [UInt8] {
    let body = requestBody(texts)
    let outcome: Result<[UInt8], any Error>
    do {
      outcome = .success(
        try await withTimeLimit { try await self.attempts(body, texts: texts) })
    } catch {
      outcome = .failure(error)
    }
    switch outcome {
    case .success(let bytes): return bytes
    case .failure where Task.isCancelled:
      throw EmbeddingError(.cancelled, "\(address.origin): the request was given up")
    case .failure(let error as EmbeddingError): throw error
    case .failure: throw EmbeddingError(.unavailable, "\(address.origin): the request failed")
    }
  }

  private func requestBody(_ texts: [String]) -> [UInt8] {
    var object = JSONObject([
      ("model", .string(settings.model)), ("input", .array(texts.map { .string($0) })),
      ("encoding_format", "float"),
    ])
    if let dimensions = settings.dimensions { object["dimensions"] = JSONValue(dimensions) }
    return JSONWriter.bytes(of: .object(object))
  }

  private func attempts(_ body: [UInt8], texts: [String]) async throws -> [UInt8] {
    let end = ContinuousClock.now + settings.timeLimit
    var made = 0
    while true {
      switch try await attempt(body, texts: texts) {
      case .good(let bytes): return bytes
      case .later(let error, let wait):
        let pause = wait ?? settings.pause * (1 << min(made, 16))
        // What would come too late is not waited for.
        guard made < settings.retries, ContinuousClock.now + pause < end else { throw error }
        made += 1
        try await Task.sleep(for: pause)
      }
    }
  }

  private func attempt(_ body: [UInt8], texts: [String]) async throws -> Outcome {
    let reply: Reply
    do {
      reply = try await send(body, answers: texts.count)
    } catch let error as EmbeddingError {
      throw error
    } catch  where !Task.isCancelled {
      let what = (error as? HTTPClientError).map { ": \($0.shortDescription)" } ?? ""
      return .later(
        EmbeddingError(.unavailable, "\(address.origin): the connection failed\(what)"), nil)
    }
    if (200..<300).contains(reply.status.code) { return .good(reply.body) }
    let error = failure(reply, texts: texts)
    guard [408, 429, 502, 503, 504].contains(reply.status.code) else { throw error }
    return .later(error, reply.retryAfter)
  }

  private func send(_ body: [UInt8], answers: Int) async throws -> Reply {
    var request = HTTPClientRequest(url: address.url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "Accept", value: "application/json")
    if let key = settings.key {
      request.headers.add(name: "Authorization", value: "Bearer \(key.text)")
    }
    request.body = .bytes(body)
    let response = try await client.execute(
      request, timeout: .nanoseconds(settings.timeLimit.nanoseconds))
    let isGood = (200..<300).contains(response.status.code)
    let most = isGood ? EmbeddingAnswer.mostBytes(vectors: answers) : Self.mostErrorBytes
    var bytes: [UInt8] = []
    for try await part in response.body {
      bytes += part.readableBytesView
      if bytes.count <= most { continue }
      if !isGood { break }
      throw EmbeddingError(
        .refused, "\(address.origin): found an answer longer than \(most) bytes")
    }
    let wait = response.headers.first(name: "Retry-After").flatMap { UInt32($0) }
    return Reply(
      status: response.status, retryAfter: wait.map { .seconds(Int64($0)) }, body: bytes)
  }

  private func failure(_ reply: Reply, texts: [String]) -> EmbeddingError {
    let code = reply.status.code
    let what = "\(address.origin): it answers with status \(code)"
    if (300..<400).contains(code) {
      return EmbeddingError(.refused, "\(what), a redirect, which is not followed")
    }
    let message = ServiceMessage.text(of: reply.body, key: settings.key, texts: texts)
    let kind: EmbeddingError.Kind =
      code >= 500 || code == 408 || code == 429 ? .unavailable : .refused
    return EmbeddingError(kind, message.isEmpty ? what : "\(what): \(message)")
  }

  private func withTimeLimit<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let limit = settings.timeLimit
    let late = EmbeddingError(
      .unavailable, "\(address.origin): it has not answered within \(limit)")
    return try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: limit)
        throw late
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() else { throw CancellationError() }
      return value
    }
  }
}
