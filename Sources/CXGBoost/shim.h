#include <xgboost/c_api.h>

// The library is opened when it is first needed, so nothing links it: these are the types of the
// functions that are then looked up by name.
typedef __typeof__(&XGBGetLastError) XGBGetLastErrorFunction;
typedef __typeof__(&XGBRegisterLogCallback) XGBRegisterLogCallbackFunction;
typedef __typeof__(&XGDMatrixCreateFromMat) XGDMatrixCreateFromMatFunction;
typedef __typeof__(&XGDMatrixSetFloatInfo) XGDMatrixSetFloatInfoFunction;
typedef __typeof__(&XGDMatrixFree) XGDMatrixFreeFunction;
typedef __typeof__(&XGBoosterCreate) XGBoosterCreateFunction;
typedef __typeof__(&XGBoosterFree) XGBoosterFreeFunction;
typedef __typeof__(&XGBoosterSetParam) XGBoosterSetParamFunction;
typedef __typeof__(&XGBoosterUpdateOneIter) XGBoosterUpdateOneIterFunction;
typedef __typeof__(&XGBoosterEvalOneIter) XGBoosterEvalOneIterFunction;
typedef __typeof__(&XGBoosterPredict) XGBoosterPredictFunction;
typedef __typeof__(&XGBoosterGetNumFeature) XGBoosterGetNumFeatureFunction;
typedef __typeof__(&XGBoosterSaveModelToBuffer) XGBoosterSaveModelToBufferFunction;
typedef __typeof__(&XGBoosterLoadModelFromBuffer) XGBoosterLoadModelFromBufferFunction;
