import { desk } from './desk';
import { panel, draw, show } from './view/panel';
import styles from './view/panel.css?inline';

desk.wear(desk.root, styles);
desk.root.prepend(panel);
desk.join({ show, draw });
