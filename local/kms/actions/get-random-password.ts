import type { Definition, Params } from '../../operation.ts';
import type { Prng } from '../../prng.ts';
import { METADATA_RATE, onAnything } from '../access.ts';
import { flag, integer } from '../parameters.ts';
import { invalidParameter } from '../refusals.ts';
import type { KmsState } from '../state.ts';

const LENGTH = { min: 8, max: 128, fallback: 32 };
const ALPHABETS = {
  ExcludeLowercase: 'abcdefghijklmnopqrstuvwxyz',
  ExcludeUppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ExcludeNumbers: '0123456789',
  ExcludePunctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

export const getRandomPassword: Definition<KmsState> = {
  access: 'read',
  ram: onAnything('GetRandomPassword'),
  limit: METADATA_RATE,
  run(state, params) {
    const length = integer(params, 'PasswordLength', LENGTH);
    const alphabets = readAlphabets(params);
    const everything = alphabets.join('');
    const characters = Array.from({ length }, () => draw(state.passwords, everything));
    if (flag(params, 'RequireEachIncludedType', true)) {
      placeOneOfEach(characters, alphabets, state.passwords);
    }
    return { RandomPassword: characters.join('') };
  },
};

function readAlphabets(params: Params): readonly string[] {
  const excluded = params['ExcludeCharacters'] ?? '';
  const alphabets = Object.entries(ALPHABETS)
    .filter(([name]) => !flag(params, name))
    .map(([, characters]) =>
      Array.from(characters)
        .filter((one) => !excluded.includes(one))
        .join(''),
    )
    .filter((characters) => characters !== '');
  if (alphabets.length === 0) throw invalidParameter('ExcludeCharacters');
  return alphabets;
}

const draw = (random: Prng, alphabet: string): string =>
  alphabet.charAt(random.between(0, alphabet.length - 1));

/** One character of each alphabet, each at a place of its own. */
function placeOneOfEach(characters: string[], alphabets: readonly string[], random: Prng): void {
  const places = [...characters.keys()];
  for (const alphabet of alphabets) {
    const [place = 0] = places.splice(random.between(0, places.length - 1), 1);
    characters[place] = draw(random, alphabet);
  }
}
