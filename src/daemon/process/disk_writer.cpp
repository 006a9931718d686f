#include "daemon/process/disk_writer.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include "daemon/process/failure.h"

namespace bfq::process {
namespace {
constexpr std::chrono::seconds kLastPatience{1};

std::atomic<bool>& gave_up() {
  static std::atomic<bool> value = false;
  return value;
}

std::atomic<bool>& waited_in_vain() {
  static std::atomic<bool> value = false;
  return value;
}
}  // namespace

/// What the thread shares with the program, and keeps where that gives it up.
struct DiskWriter::State {
  struct Task {
    std::string what;
    std::function<bool()> run;
    std::function<void(bool)> tell{};  ///< called with the mutex held
  };

  void add(Task task) {
    {
      const std::lock_guard lock(mutex);
      jobs.push_back(std::move(task));
    }
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Task> jobs;  ///< the first is being done
  bool ends = false, is_left = false;
};

std::weak_ptr<DiskWriter>& DiskWriter::held() {
  static std::weak_ptr<DiskWriter> writer;
  return writer;
}

std::shared_ptr<DiskWriter> DiskWriter::shared() {
  std::shared_ptr<DiskWriter> writer = held().lock();
  if (writer == nullptr) held() = writer = std::shared_ptr<DiskWriter>(new DiskWriter);
  return writer;
}

bool DiskWriter::do_now(std::function<void()> job) {
  const std::shared_ptr<DiskWriter> writer = held().lock();
  if (writer == nullptr) return true;
  writer->post({}, std::move(job));
  const bool done = writer->wait(kPatience);
  if (!done) give_up();
  return done;
}

bool DiskWriter::has_given_up() { return gave_up(); }

void DiskWriter::give_up() {
  gave_up() = true;
  lose_patience();
}

void DiskWriter::lose_patience() { waited_in_vain() = true; }

std::chrono::seconds DiskWriter::patience() { return waited_in_vain() ? kLastPatience : kPatience; }

DiskWriter::DiskWriter() : state_(std::make_shared<State>()) {
  try {
    thread_ = std::thread([state = state_] { work(state); });
  } catch (const std::system_error& error) {
    throw Failure(std::string("cannot start the thread that writes files: ") +
                  error.code().message());
  }
}

DiskWriter::~DiskWriter() {
  wait(patience());
  bool done = false;
  {
    const std::lock_guard lock(state_->mutex);
    done = state_->jobs.empty();
    state_->ends = true;
    state_->is_left = !done;
  }
  state_->changed.notify_all();
  if (done)
    thread_.join();
  else
    leave_behind();
}

void DiskWriter::leave_behind() {
  give_up();
  thread_.detach();
  std::set<std::string> left;
  for (const State::Task& job : state_->jobs) left.insert(job.what);
  if (left.erase(std::string()) > 0)
    spdlog::error("the disk has not answered for {} s: a file was not read", kPatience.count());
  for (const std::string& what : left)
    spdlog::error("{} was not stored: the disk has not answered for {} s", what, kPatience.count());
}

void DiskWriter::post(std::string what, std::function<void()> job) {
  state_->add({.what = std::move(what), .run = [job = std::move(job)] {
                 job();
                 return true;
               }});
}

void DiskWriter::post(std::string what, std::function<bool()> job, boost::asio::io_context& io,
                      std::function<void(bool)> then) {
  state_->add({.what = std::move(what),
               .run = std::move(job),
               .tell = [&io, then = std::move(then)](bool result) {
                 boost::asio::post(io, [then, result] { then(result); });
               }});
}

bool DiskWriter::wait(std::chrono::steady_clock::duration patience) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, patience, [&] { return state_->jobs.empty(); });
}

void DiskWriter::work(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  while (true) {
    state->changed.wait(lock, [&] { return state->ends || !state->jobs.empty(); });
    if (state->jobs.empty()) return;
    const std::function<bool()> run = std::move(state->jobs.front().run);
    lock.unlock();
    const bool result = run();
    lock.lock();
    if (state->is_left) return;
    if (state->jobs.front().tell) state->jobs.front().tell(result);
    state->jobs.pop_front();
    state->changed.notify_all();
  }
}
}  // namespace bfq::process
