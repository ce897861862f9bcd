import type { PlannedItem, TimelineItem } from '@keepwell/api';
import { formatDay, formatDayTick, formatTime, formatWeekday, WindowedList } from '@keepwell/ui';

import { texts } from '../../texts';
import type { TimelineDay, TimelinePart } from './days';
import { Moment } from './Moment';
import { plannedSentence } from './planned';
import { sentenceOf } from './sentence';

const words = texts.timeline;

/** What a heading and a line are taken to measure until they were in sight. */
const HEADING = 49;
const LINE = 57;

export interface TimelineDaysProps {
  readonly parts: readonly TimelinePart[];
  readonly today: string;
}

/** The timeline under its headings; of a long one, only what is in sight is in the document. */
export function TimelineDays({ parts, today }: TimelineDaysProps) {
  return (
    <WindowedList
      items={parts}
      keyOf={(part) => (part.planned === undefined ? part.day.day : words.planned)}
      heightOf={(part) => HEADING + LINE * (part.planned ?? part.day.items).length}
    >
      {(part) =>
        part.planned === undefined ? (
          <Day day={part.day} today={today} />
        ) : (
          <Planned items={part.planned} today={today} />
        )
      }
    </WindowedList>
  );
}

function Planned({ items, today }: { readonly items: readonly PlannedItem[]; readonly today: string }) {
  return (
    <div className="timeline-day">
      <h3>{words.planned}</h3>
      <ol>
        {items.map((item) => (
          <Moment
            key={`${item.subject_id} ${item.type}`}
            when={<time dateTime={item.day}>{shortDay(item.day, today)}</time>}
            sentence={plannedSentence(item)}
          />
        ))}
      </ol>
    </div>
  );
}

function Day({ day: { day, items }, today }: { readonly day: TimelineDay; readonly today: string }) {
  const isToday = day === today;
  const date = shortDay(day, today);
  return (
    <div className="timeline-day">
      <h3>
        <time dateTime={day}>{isToday ? words.today : date}</time>
        <span>{isToday ? `${formatWeekday(day)}, ${date}` : formatWeekday(day)}</span>
      </h3>
      <ol>
        {items.map((item) => (
          <Moment key={item.id} when={<Time item={item} />} sentence={sentenceOf(item)} />
        ))}
      </ol>
    </div>
  );
}

function Time({ item: { at, kind } }: { readonly item: TimelineItem }) {
  if (at !== null) return <time dateTime={at}>{formatTime(at)}</time>;
  return kind === 'events' ? words.allDay : null;
}

/** A day of this year without the year. */
export function shortDay(day: string, today: string): string {
  return day.slice(0, 4) === today.slice(0, 4) ? formatDayTick(day) : formatDay(day);
}
