#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo take arguments of any type, which Swift cannot call.

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_reader(CURL *handle, curl_read_callback reader, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, reader);
  return code ? code : curl_easy_setopt(handle, CURLOPT_READDATA, context);
}

static inline CURLcode ccurl_set_observer(CURL *handle, curl_debug_callback observer, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, observer);
  if (code) return code;
  code = curl_easy_setopt(handle, CURLOPT_DEBUGDATA, context);
  return code ? code : curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
}

// The watch is asked at least once a second, also while nothing comes; what is not 0 ends the call.
static inline CURLcode ccurl_set_watch(CURL *handle, curl_xferinfo_callback watch, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watch);
  if (code) return code;
  code = curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
  return code ? code : curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

static inline CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}
