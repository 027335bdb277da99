#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A graph of unit vectors in which the nearest ones of another are found without comparing it with all (Malkov
// and Yashunin, 2016): hnswlib behind functions of C. For one thread at a time. No exception leaves a function.
typedef struct chnsw_index chnsw_index;

typedef enum chnsw_status {
  CHNSW_OK = 0,
  // There is no room for one more.
  CHNSW_FULL = 1,
  // The label is there already.
  CHNSW_TAKEN = 2,
  CHNSW_NO_MEMORY = 3,
  // The library failed.
  CHNSW_FAILED = 4,
} chnsw_status;

// Makes an empty graph with room for `capacity` vectors, with `links` links of each on every level but the lowest,
// which has twice as many. `effort` is how many candidates those are chosen from.
chnsw_status chnsw_create(
    size_t dimensions, size_t capacity, size_t links, size_t effort, size_t seed, chnsw_index **index);

// Overwrites all vectors and frees the graph.
void chnsw_free(chnsw_index *index);

// Adds a vector.
chnsw_status chnsw_add(chnsw_index *index, uint32_t label, const float *vector);

// Takes vectors out of the graph and overwrites them with zeros; labels that are not there are passed over. Goes
// through the whole graph once, however many they are.
chnsw_status chnsw_remove(chnsw_index *index, const uint32_t *labels, size_t count, size_t *removed);

// Finds the `k` nearest vectors, the nearest first. `effort` is how many candidates are kept on the way.
// `labels` and `similarities` have room for `k`; the latter are inner products.
chnsw_status chnsw_search(
    chnsw_index *index, const float *vector, size_t k, size_t effort, uint32_t *labels, float *similarities,
    size_t *found);

// Makes room for more; the memory that is left is overwritten.
chnsw_status chnsw_grow(chnsw_index *index, size_t capacity);

// Whether there is a vector with the label.
int chnsw_contains(const chnsw_index *index, uint32_t label);

size_t chnsw_count(const chnsw_index *index);
size_t chnsw_capacity(const chnsw_index *index);

// What the graph takes in memory, in bytes.
size_t chnsw_memory(const chnsw_index *index);

#ifdef __cplusplus
}
#endif
