import { Button, Input, SearchField as AriaSearchField } from 'react-aria-components';

import { Icon } from './Icon';

export interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

export function SearchField({ label, placeholder, value, onChange }: SearchFieldProps) {
  return (
    <AriaSearchField className="search field-box" aria-label={label} value={value} onChange={onChange}>
      <Icon name="search" />
      <Input className="search-input" placeholder={placeholder} />
      <Button className="search-clear" aria-label="Clear search">
        <Icon name="close" />
      </Button>
    </AriaSearchField>
  );
}
