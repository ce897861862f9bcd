import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style'> {
  readonly emphasis?: 'primary' | 'secondary' | 'quiet';
}

export function Button({ emphasis = 'secondary', ...props }: ButtonProps) {
  return <AriaButton {...props} className={`button button-${emphasis}`} />;
}
