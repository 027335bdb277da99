#include "chnsw.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <unordered_set>
#include <utility>
#include <vector>

// The library's own vectors of instructions read behind the ends of lists.
#define NO_MANUAL_VECTORIZATION
#include <hnswlib/hnswlib.h>

namespace {

using hnswlib::tableint;

float distance(const void *one, const void *other, const void *dimensions) {
  // In an order of its own choice, or the compiler may not take several numbers at a time.
#pragma clang fp reassociate(on) contract(fast)
  const float *left = static_cast<const float *>(one);
  const float *right = static_cast<const float *>(other);
  const size_t count = *static_cast<const size_t *>(dimensions);
  float sum = 0;
  for (size_t place = 0; place < count; place++) sum += left[place] * right[place];
  return 1 - sum;
}

class Space : public hnswlib::SpaceInterface<float> {
 public:
  explicit Space(size_t dimensions) : dimensions_(dimensions) {}
  size_t get_data_size() override { return dimensions_ * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return distance; }
  void *get_dist_func_param() override { return &dimensions_; }

 private:
  size_t dimensions_;
};

// The library marks what is deleted and keeps it in the graph, vector and all. Here nothing is marked: what is
// removed is taken out of all lists, and its place is given to a later vector.
class Graph : public hnswlib::HierarchicalNSW<float> {
 public:
  using Base = hnswlib::HierarchicalNSW<float>;
  using Candidates =
      std::priority_queue<std::pair<float, tableint>, std::vector<std::pair<float, tableint>>, Base::CompareByFirst>;

  Graph(Space *space, size_t capacity, size_t links, size_t effort, size_t seed)
      : Base(space, capacity, links, effort, seed) {}

  ~Graph() { erase(data_level0_memory_, cur_element_count * size_data_per_element_); }

  size_t count() const { return label_lookup_.size(); }

  void add(uint32_t label, const float *vector) {
    if (free_.empty()) {
      addPoint(vector, label);
      return;
    }
    const tableint id = free_.back();
    // What can fail comes first.
    label_lookup_[label] = id;
    free_.pop_back();
    setExternalLabel(id, label);
    if (count() == 1) {
      memcpy(getDataByInternalId(id), vector, data_size_);
      enterpoint_node_ = id;
      maxlevel_ = element_levels_[id];
      return;
    }
    if (element_levels_[id] > maxlevel_) lower(id, maxlevel_);
    updatePoint(vector, id, 1);
  }

  size_t remove(const uint32_t *labels, size_t labelCount) {
    std::unordered_set<tableint> gone;
    for (size_t place = 0; place < labelCount; place++) {
      const auto found = label_lookup_.find(labels[place]);
      if (found != label_lookup_.end()) gone.insert(found->second);
    }
    if (gone.empty()) return 0;
    free_.reserve(free_.size() + gone.size());
    for (const tableint id : gone) label_lookup_.erase(getExternalLabel(id));
    for (tableint id = 0; id < cur_element_count; id++) {
      if (gone.count(id)) continue;
      for (int level = 0; level <= element_levels_[id]; level++) relink(id, level, gone);
    }
    std::vector<tableint> ordered(gone.begin(), gone.end());
    std::sort(ordered.begin(), ordered.end());
    for (const tableint id : ordered) {
      for (int level = 0; level <= element_levels_[id]; level++) clear(id, level);
      erase(getDataByInternalId(id), data_size_);
      setExternalLabel(id, 0);
      free_.push_back(id);
    }
    if (gone.count(enterpoint_node_)) chooseEntry();
    reconnect();
    return gone.size();
  }

  void grow(size_t capacity) {
    if (capacity <= max_elements_) return;
    // What can fail comes first, and what holds vectors is overwritten before it is let go.
    std::unique_ptr<hnswlib::VisitedListPool> pool(new hnswlib::VisitedListPool(1, static_cast<int>(capacity)));
    std::vector<std::mutex> locks(capacity);
    element_levels_.resize(capacity);
    std::unique_ptr<char, decltype(&free)> data(
        static_cast<char *>(malloc(capacity * size_data_per_element_)), free);
    if (!data) throw std::bad_alloc();
    char **lists = static_cast<char **>(realloc(linkLists_, capacity * sizeof(void *)));
    if (!lists) throw std::bad_alloc();
    linkLists_ = lists;
    const size_t used = cur_element_count * size_data_per_element_;
    memcpy(data.get(), data_level0_memory_, used);
    erase(data_level0_memory_, used);
    free(data_level0_memory_);
    data_level0_memory_ = data.release();
    delete visited_list_pool_;
    visited_list_pool_ = pool.release();
    locks.swap(link_list_locks_);
    max_elements_ = capacity;
  }

  size_t memory() const {
    const size_t each = size_data_per_element_ + sizeof(void *) + sizeof(int) + sizeof(std::mutex) +
                        sizeof(hnswlib::vl_type);
    size_t bytes = sizeof(*this) + max_elements_ * each + max_update_element_locks * sizeof(std::mutex);
    for (size_t id = 0; id < cur_element_count; id++) bytes += element_levels_[id] * size_links_per_element_;
    // A node of the table, and its place in it.
    return bytes + count() * 40 + label_lookup_.bucket_count() * 8 + free_.capacity() * sizeof(tableint);
  }

  bool contains(uint32_t label) const { return label_lookup_.count(label) > 0; }

 private:
  std::vector<tableint> free_;

  static void erase(void *bytes, size_t count) { explicit_bzero(bytes, count); }

  // Takes the links to what is gone out of a list, and offers it what those were linked to.
  void relink(tableint id, int level, const std::unordered_set<tableint> &gone) {
    unsigned *list = get_linklist_at_level(id, level);
    tableint *links = list + 1;
    const size_t size = getListCount(list);
    if (std::none_of(links, links + size, [&](tableint link) { return gone.count(link) > 0; })) return;
    std::vector<tableint> offered;
    for (size_t place = 0; place < size; place++) {
      if (!gone.count(links[place])) {
        offered.push_back(links[place]);
        continue;
      }
      for (const tableint next : getConnectionsWithLock(links[place], level)) {
        if (next != id && !gone.count(next)) offered.push_back(next);
      }
    }
    std::sort(offered.begin(), offered.end());
    offered.erase(std::unique(offered.begin(), offered.end()), offered.end());
    Candidates candidates;
    for (const tableint other : offered) {
      candidates.emplace(
          fstdistfunc_(getDataByInternalId(id), getDataByInternalId(other), dist_func_param_), other);
    }
    getNeighborsByHeuristic2(candidates, level == 0 ? maxM0_ : maxM_);
    clear(id, level);
    setListCount(list, static_cast<unsigned short>(candidates.size()));
    for (; !candidates.empty(); candidates.pop()) *links++ = candidates.top().second;
  }

  void clear(tableint id, int level) {
    memset(
        get_linklist_at_level(id, level), 0,
        sizeof(hnswlib::linklistsizeint) + (level == 0 ? maxM0_ : maxM_) * sizeof(tableint));
  }

  void lower(tableint id, int level) {
    element_levels_[id] = level;
    if (level > 0) return;
    free(linkLists_[id]);
    linkLists_[id] = nullptr;
  }

  // Links whatever cannot be reached any more anew: all its neighbours may have gone at once.
  void reconnect() {
    if (count() < 2) return;
    std::vector<bool> reached(cur_element_count, false);
    std::vector<tableint> open{enterpoint_node_};
    reached[enterpoint_node_] = true;
    while (!open.empty()) {
      const tableint id = open.back();
      open.pop_back();
      unsigned *list = get_linklist0(id);
      const tableint *links = list + 1;
      for (size_t place = 0; place < getListCount(list); place++) {
        if (reached[links[place]]) continue;
        reached[links[place]] = true;
        open.push_back(links[place]);
      }
    }
    for (const tableint id : free_) reached[id] = true;
    for (tableint id = 0; id < cur_element_count; id++) {
      if (reached[id]) continue;
      repairConnectionsForUpdate(getDataByInternalId(id), enterpoint_node_, id, element_levels_[id], maxlevel_);
    }
  }

  // The search starts at a vector of the highest level that is left.
  void chooseEntry() {
    enterpoint_node_ = static_cast<tableint>(-1);
    maxlevel_ = -1;
    for (const auto &entry : label_lookup_) {
      const tableint id = entry.second;
      const int level = element_levels_[id];
      if (level > maxlevel_ || (level == maxlevel_ && id < enterpoint_node_)) {
        enterpoint_node_ = id;
        maxlevel_ = level;
      }
    }
  }
};

template <typename Body>
chnsw_status guarded(const Body &body) {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return CHNSW_NO_MEMORY;
  } catch (...) {
    return CHNSW_FAILED;
  }
}

}  // namespace

struct chnsw_index {
  Space space;
  Graph graph;
  chnsw_index(size_t dimensions, size_t capacity, size_t links, size_t effort, size_t seed)
      : space(dimensions), graph(&space, capacity, links, effort, seed) {}
};

chnsw_status chnsw_create(
    size_t dimensions, size_t capacity, size_t links, size_t effort, size_t seed, chnsw_index **index) {
  return guarded([&] {
    *index = new chnsw_index(dimensions, std::max<size_t>(capacity, 1), links, effort, seed);
    return CHNSW_OK;
  });
}

void chnsw_free(chnsw_index *index) { delete index; }

chnsw_status chnsw_add(chnsw_index *index, uint32_t label, const float *vector) {
  return guarded([&] {
    Graph &graph = index->graph;
    if (graph.contains(label)) return CHNSW_TAKEN;
    if (graph.count() >= graph.max_elements_) return CHNSW_FULL;
    graph.add(label, vector);
    return CHNSW_OK;
  });
}

chnsw_status chnsw_remove(chnsw_index *index, const uint32_t *labels, size_t count, size_t *removed) {
  return guarded([&] {
    *removed = index->graph.remove(labels, count);
    return CHNSW_OK;
  });
}

chnsw_status chnsw_search(
    chnsw_index *index, const float *vector, size_t k, size_t effort, uint32_t *labels, float *similarities,
    size_t *found) {
  return guarded([&] {
    *found = 0;
    Graph &graph = index->graph;
    k = std::min(k, graph.count());
    if (k == 0) return CHNSW_OK;
    graph.setEf(std::max(effort, k));
    auto nearest = graph.searchKnn(vector, k);
    *found = nearest.size();
    for (size_t place = nearest.size(); place-- > 0; nearest.pop()) {
      labels[place] = static_cast<uint32_t>(nearest.top().second);
      similarities[place] = 1 - nearest.top().first;
    }
    return CHNSW_OK;
  });
}

chnsw_status chnsw_grow(chnsw_index *index, size_t capacity) {
  return guarded([&] {
    index->graph.grow(capacity);
    return CHNSW_OK;
  });
}

int chnsw_contains(const chnsw_index *index, uint32_t label) { return index->graph.contains(label); }

size_t chnsw_count(const chnsw_index *index) { return index->graph.count(); }

size_t chnsw_capacity(const chnsw_index *index) { return index->graph.max_elements_; }

size_t chnsw_memory(const chnsw_index *index) { return index->graph.memory(); }
