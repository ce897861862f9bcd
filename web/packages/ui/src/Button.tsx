import type { ButtonHTMLAttributes } from 'react';

export interface ButtonProps extends Omit<
  ButtonHTMLAttributes<HTMLButtonElement>,
  'className' | 'style' | 'onClick' | 'disabled'
> {
  readonly emphasis?: 'primary' | 'secondary' | 'quiet' | 'danger';
  /** Small buttons stand in rows and beside titles. */
  readonly size?: 'normal' | 'small';
  /** Square, for an icon alone; then it needs an `aria-label`. */
  readonly iconOnly?: boolean;
  readonly isDisabled?: boolean;
  readonly onPress?: () => void;
}

export function Button({ emphasis = 'secondary', size = 'normal', iconOnly = false, ...props }: ButtonProps) {
  const { isDisabled, onPress, type = 'button', ...rest } = props;
  const classes = [
    'button',
    `button-${emphasis}`,
    size === 'small' && 'button-small',
    iconOnly && 'button-icon',
  ];
  return (
    <button
      {...rest}
      type={type}
      className={classes.filter(Boolean).join(' ')}
      disabled={isDisabled}
      onClick={onPress}
    />
  );
}
