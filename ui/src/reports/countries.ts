/** Countries by ISO 3166-1 code, named in the reader's language; the ones nearest to the work first. */
import { countryName } from './facts';

const near = ['AM', 'AZ', 'BY', 'GE', 'KZ', 'KG', 'MD', 'RU', 'TJ', 'TM', 'UA', 'UZ'];

const others = (
  'AD AE AF AG AL AO AR AT AU BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY ' +
  'CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GH GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IR ' +
  'IS IT JM JO JP KE KH KI KM KN KP KR KW LA LB LC LI LK LR LS LT LU LV LY MA MC ME MG MH MK ML MM MN MO MR MT MU MV MW ' +
  'MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS RW SA SB SC SD SE SG SI SK SL SM SN SO ' +
  'SR SS ST SV SY SZ TD TG TH TL TN TO TR TT TV TW TZ UG US UY VA VC VE VN VU WS XK YE ZA ZM ZW'
).split(' ');

export interface Country {
  code: string;
  name: string;
}

function named(codes: string[], language: string): Country[] {
  const order = new Intl.Collator(language);
  return codes
    .map((code) => ({ code, name: countryName(code, language) }))
    .sort((a, b) => order.compare(a.name, b.name));
}

export function countries(language: string): { near: Country[]; others: Country[] } {
  return { near: named(near, language), others: named(others, language) };
}
