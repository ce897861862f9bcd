import type { ApiError } from '@keepwell/api';
import { useEffect, useState } from 'react';

/** Until when the server refuses attempts, and the seconds left; null while it accepts them. */
export interface Lock {
  readonly until: Date;
  readonly seconds: number;
}

/** The pause that a refusal has begun. It ends by itself. */
export function useLock(): readonly [Lock | null, (error: ApiError) => void] {
  const [until, setUntil] = useState<number | null>(null);
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (until === null) return;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) setUntil(null);
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, [until]);
  const begin = (error: ApiError) => {
    const pause = pauseOf(error);
    if (pause === null) return;
    const begun = Date.now();
    setNow(begun);
    setUntil(begun + pause * 1000);
  };
  const lock = until === null ? null : { until: new Date(until), seconds: secondsBetween(now, until) };
  return [lock, begin];
}

function secondsBetween(now: number, until: number): number {
  return Math.max(1, Math.ceil((until - now) / 1000));
}

/** For how many seconds an answer refuses further attempts; null if it does not. */
function pauseOf({ problem, retryAfter }: ApiError): number | null {
  return problem.status === 429 ? (retryAfter ?? 60) : null;
}
