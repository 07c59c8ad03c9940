# Sidekiq over Redis, jobs in batches by push_bulk. As a program: fill JOBS | arrive RATE SECONDS.
require 'sidekiq'

# This pair of versions warns at every fetch, which would be measured too.
Redis.silence_deprecations = true
Redis.sadd_returns_boolean = false

REDIS = { url: ENV.fetch('BENCH_REDIS_URL') }.freeze
Sidekiq.configure_server { |config| config.redis = REDIS }
Sidekiq.configure_client { |config| config.redis = REDIS }
Sidekiq.logger.level = Logger::WARN
LARGEST = 1000

def monotonic = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)

# What one process has done, in a file that measure.py maps; the layout is that of Driver/Tally.swift.
module Tally
  LOCK = Mutex.new
  @completions = @samples = 0

  def self.noop(due)
    now = due.positive? ? monotonic : 0
    LOCK.synchronize do
      @file ||= File.open("#{ENV.fetch('BENCH_TALLY')}/#{Process.pid}", 'w+b').tap { |file| file.truncate(16 + 8_000_000) }
      if due.positive?
        @file.pwrite([[(now - due) / 1000, 0].max].pack('L'), 16 + 4 * @samples)
        @samples += 1
      end
      @completions += 1
      @file.pwrite([@completions, @samples].pack('QQ'), 0)
    end
  end
end

class Noop
  include Sidekiq::Worker
  sidekiq_options queue: 'bench', retry: 5

  def perform(due) = Tally.noop(due)
end

def send_jobs(moments) = Sidekiq::Client.push_bulk('class' => Noop, 'args' => moments.map { |due| [due] })

def fill(jobs)
  began = monotonic
  0.step(jobs - 1, LARGEST) { |first| send_jobs([0] * [LARGEST, jobs - first].min) }
  puts jobs / ((monotonic - began) / 1e9)
end

def arrive(rate, seconds)
  total = (rate * seconds).to_i
  start = monotonic + 50_000_000
  moments = Array.new(total) { |number| start + (number * 1e9 / rate).to_i }
  sent = 0
  while sent < total
    now = monotonic
    following = sent
    following += 1 while following < total && following - sent < LARGEST && moments[following] <= now
    if following == sent
      sleep([moments[sent] - now, 100_000].max / 1e9)
      next
    end
    send_jobs(moments[sent...following])
    sent = following
  end
  puts sent
end

if __FILE__ == $PROGRAM_NAME
  mode, *numbers = ARGV
  mode == 'fill' ? fill(numbers[0].to_i) : arrive(numbers[0].to_f, numbers[1].to_f)
end
