import JSONRPC

/// A task that has not ended, as the process that works on it holds it.
final class OpenTask: Sendable {
  private struct State {
    var task: TaskState
    var questions: [ExactText: OneShot<JSONValue?>] = [:]
    var usedKeys: Set<ExactText> = []
  }

  let id: String
  let tool: RegisteredTool
  let arguments: JSONObject
  let context: RequestContext
  /// Answers that were given before the call became a task.
  let answers: [String: InputResponse]
  /// Fulfilled when the work has ended or is to be cancelled.
  let end = OneShot<Void>()
  /// Held while a state is stored, so that an older one never comes behind a newer one.
  let storing = Turn()
  private let state: Locked<State>

  init(
    state: TaskState, tool: RegisteredTool, arguments: JSONObject, context: RequestContext,
    answers: [String: InputResponse]
  ) {
    self.id = state.id
    self.tool = tool
    self.arguments = arguments
    self.context = context
    self.answers = answers
    self.state = Locked(State(task: state))
  }

  var snapshot: TaskState { state.withLock { $0.task } }

  func update<Value: Sendable>(_ change: @Sendable (inout TaskState) -> Value) -> Value {
    state.withLock { change(&$0.task) }
  }

  /// A question that has been asked: the key it is asked under, and where the answer comes.
  typealias Posed = (NamedInput, String, OneShot<JSONValue?>)

  /// Asks all at once, so that nobody sees a part of what is asked, each under a key that this task has not
  /// used before.
  func pose(_ questions: [NamedInput], version: ProtocolVersion, now: Int64) -> [Posed] {
    guard !questions.isEmpty else { return [] }
    return state.withLock { (state: inout State) -> [Posed] in
      state.task.status = .inputRequired
      state.task.updatedAt = now
      return questions.map { Self.pose($0, version: version, in: &state) }
    }
  }

  private static func pose(
    _ question: NamedInput, version: ProtocolVersion, in state: inout State
  ) -> Posed {
    var key = question.key
    var round = 2
    while !state.usedKeys.insert(ExactText(key)).inserted {
      key = "\(question.key)-\(round)"
      round += 1
    }
    let answer = OneShot<JSONValue?>()
    state.questions[ExactText(key)] = answer
    var request: JSONObject = ["method": .string(question.request.method)]
    let params = question.request.params(for: version)
    if !params.isEmpty { request["params"] = .object(params) }
    var requests = state.task.inputRequests ?? [:]
    requests[key] = .object(request)
    state.task.inputRequests = requests
    return (question, key, answer)
  }

  /// Takes the answers to open questions; others are ignored.
  /// - Returns: the questions with their answers, for the caller to hand over.
  func answer(_ responses: JSONObject, now: Int64) -> [(OneShot<JSONValue?>, JSONValue)] {
    state.withLock { (state: inout State) -> [(OneShot<JSONValue?>, JSONValue)] in
      guard !state.task.status.isTerminal else { return [] }
      var taken: [(OneShot<JSONValue?>, JSONValue)] = []
      for member in responses {
        guard let question = state.questions.removeValue(forKey: ExactText(member.key)) else {
          continue
        }
        state.task.inputRequests?[member.key] = nil
        taken.append((question, member.value))
      }
      if state.questions.isEmpty, !taken.isEmpty {
        state.task.status = .working
        state.task.inputRequests = nil
      }
      if !taken.isEmpty { state.task.updatedAt = now }
      return taken
    }
  }

  /// Nobody will answer any more.
  func withdrawQuestions() {
    let questions = state.withLock { (state: inout State) -> [OneShot<JSONValue?>] in
      defer { state.questions = [:] }
      return Array(state.questions.values)
    }
    for question in questions { question.fulfil(nil) }
  }
}
