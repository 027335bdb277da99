import CXGBoost

#if canImport(Glibc)
  import Glibc
#endif

/// The functions of XGBoost's C library, opened on first use: a server that works with the scorecard does
/// not carry it.
struct XGBoostLibrary: Sendable {
  let lastError: XGBGetLastErrorFunction
  let registerLogCallback: XGBRegisterLogCallbackFunction
  let createMatrix: XGDMatrixCreateFromMatFunction
  let setFloats: XGDMatrixSetFloatInfoFunction
  let freeMatrix: XGDMatrixFreeFunction
  let createBooster: XGBoosterCreateFunction
  let freeBooster: XGBoosterFreeFunction
  let setParameter: XGBoosterSetParamFunction
  let update: XGBoosterUpdateOneIterFunction
  let evaluate: XGBoosterEvalOneIterFunction
  let predict: XGBoosterPredictFunction
  let featureCount: XGBoosterGetNumFeatureFunction
  let saveToBuffer: XGBoosterSaveModelToBufferFunction
  let loadFromBuffer: XGBoosterLoadModelFromBufferFunction

  /// Debian's name, the plain name of other installations.
  private static let files = ["libxgboost.so.0", "libxgboost.so"]

  private static let opened: Result<XGBoostLibrary, XGBoostError> = {
    do throws(XGBoostError) { return .success(try XGBoostLibrary()) } catch {
      return .failure(error)
    }
  }()

  /// The library.
  /// - Throws: when it is not installed or lacks a function.
  static func shared() throws(XGBoostError) -> XGBoostLibrary { try opened.get() }

  private init() throws(XGBoostError) {
    guard let library = Self.files.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first
    else {
      throw XGBoostError(
        "the library libxgboost is not installed: install the package libxgboost0 or libxgboost-dev"
      )
    }
    func find<Function>(_ name: String, as type: Function.Type) throws(XGBoostError) -> Function {
      guard let symbol = dlsym(library, name) else {
        throw XGBoostError("libxgboost has no function \(name): version 1.6 or later is needed")
      }
      return unsafeBitCast(symbol, to: type)
    }
    lastError = try find("XGBGetLastError", as: XGBGetLastErrorFunction.self)
    registerLogCallback = try find(
      "XGBRegisterLogCallback", as: XGBRegisterLogCallbackFunction.self)
    createMatrix = try find("XGDMatrixCreateFromMat", as: XGDMatrixCreateFromMatFunction.self)
    setFloats = try find("XGDMatrixSetFloatInfo", as: XGDMatrixSetFloatInfoFunction.self)
    freeMatrix = try find("XGDMatrixFree", as: XGDMatrixFreeFunction.self)
    createBooster = try find("XGBoosterCreate", as: XGBoosterCreateFunction.self)
    freeBooster = try find("XGBoosterFree", as: XGBoosterFreeFunction.self)
    setParameter = try find("XGBoosterSetParam", as: XGBoosterSetParamFunction.self)
    update = try find("XGBoosterUpdateOneIter", as: XGBoosterUpdateOneIterFunction.self)
    evaluate = try find("XGBoosterEvalOneIter", as: XGBoosterEvalOneIterFunction.self)
    predict = try find("XGBoosterPredict", as: XGBoosterPredictFunction.self)
    featureCount = try find("XGBoosterGetNumFeature", as: XGBoosterGetNumFeatureFunction.self)
    saveToBuffer = try find(
      "XGBoosterSaveModelToBuffer", as: XGBoosterSaveModelToBufferFunction.self)
    loadFromBuffer = try find(
      "XGBoosterLoadModelFromBuffer", as: XGBoosterLoadModelFromBufferFunction.self)
    // It would write to the process's standard streams, of which one belongs to the protocol.
    _ = registerLogCallback { _ in }
  }

  /// Runs a function of the library.
  func check(_ status: Int32) throws(XGBoostError) {
    guard status != 0 else { return }
    let text = lastError().map { String(cString: $0) } ?? "it failed and did not say why"
    throw XGBoostError("xgboost: \(Self.reason(in: text))")
  }

  /// What went wrong, of a text such as `[12:00:00] ./src/data/data.cc:1104: Check failed: …`: the first line,
  /// without the time and the place in the library's source, which are of no use to whoever reads it. A stack
  /// trace follows.
  static func reason(in text: String) -> String {
    let line = text.prefix { $0 != "\n" }
    guard line.hasPrefix("["), let time = line.firstRange(of: "] "),
      let place = line[time.upperBound...].firstRange(of: ": ")
    else { return String(line) }
    return String(line[place.upperBound...])
  }
}

/// Why boosted trees cannot be trained or used.
package struct XGBoostError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is the matter and what would help.
  package let description: String

  init(_ description: String) { self.description = description }
}
