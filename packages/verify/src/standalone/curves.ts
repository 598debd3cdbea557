/**
 * The two curves, as textbooks write them: for checking a handful of signatures in a page. Only public values are computed
 * with, so nothing here has to take the same time for all of them.
 */

export function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** Euclid's algorithm, extended. @param value not 0 modulo the prime. */
export function inverse(value: bigint, prime: bigint): bigint {
  let [a, b] = [mod(value, prime), prime];
  let [x, y] = [1n, 0n];
  while (a > 1n) {
    const times = b / a;
    [a, b] = [b - times * a, a];
    [x, y] = [y - times * x, x];
  }
  return mod(x, prime);
}

function power(base: bigint, exponent: bigint, prime: bigint): bigint {
  let result = 1n;
  let square = mod(base, prime);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

/** Doubles and adds. */
function times<Point>(scalar: bigint, point: Point, zero: Point, add: (a: Point, b: Point) => Point): Point {
  let sum = zero;
  let doubled = point;
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) sum = add(sum, doubled);
    doubled = add(doubled, doubled);
  }
  return sum;
}

/** FIPS 186-4, appendix D.1.2.3: y² = x³ - 3x + b. */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** undefined: the point at infinity. */
export type P256Point = { readonly x: bigint; readonly y: bigint } | undefined;

export const p256 = {
  order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  base: {
    x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
    y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  },
  add(a: P256Point, b: P256Point): P256Point {
    if (a === undefined || b === undefined) return a ?? b;
    if (a.x === b.x && mod(a.y + b.y, P) === 0n) return undefined;
    const slope =
      a.x === b.x ? (3n * a.x * a.x - 3n) * inverse(2n * a.y, P) : (b.y - a.y) * inverse(b.x - a.x, P);
    const x = mod(slope * slope - a.x - b.x, P);
    return { x, y: mod(slope * (a.x - x) - a.y, P) };
  },
  multiply(scalar: bigint, point: P256Point): P256Point {
    return times(scalar, point, undefined, p256.add);
  },
  /** @throws RangeError when no point of the curve has these coordinates. */
  point(x: bigint, y: bigint): P256Point {
    const isOnCurve = x < P && y < P && mod(x * x * x - 3n * x + B - y * y, P) === 0n;
    if (!isOnCurve) throw new RangeError("not a point of the curve P-256");
    return { x, y };
  },
};

/** RFC 8032 section 5.1: -x² + y² = 1 + dx²y². */
const Q = 2n ** 255n - 19n;
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const ROOT_OF_MINUS_ONE = power(2n, (Q - 1n) / 4n, Q);

/** x = X / Z, y = Y / Z. */
export type EdwardsPoint = { readonly x: bigint; readonly y: bigint; readonly z: bigint };

export const edwards25519 = {
  order: 2n ** 252n + 27742317777372353535851937790883648493n,
  base: {
    x: 0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
    y: 0x6666666666666666666666666666666666666666666666666666666666666658n,
    z: 1n,
  },
  /** Complete: the same for all points, doubling included (Bernstein and Lange 2007, projective). */
  add(a: EdwardsPoint, b: EdwardsPoint): EdwardsPoint {
    const z = (a.z * b.z) % Q;
    const x = (a.x * b.x) % Q;
    const y = (a.y * b.y) % Q;
    const e = (((D * x) % Q) * y) % Q;
    const [f, g] = [mod(z * z - e, Q), (z * z + e) % Q];
    const crossed = mod((a.x + a.y) * (b.x + b.y) - x - y, Q);
    return {
      x: (((z * f) % Q) * crossed) % Q,
      y: (((z * g) % Q) * (x + y)) % Q,
      z: (f * g) % Q,
    };
  },
  multiply(scalar: bigint, point: EdwardsPoint): EdwardsPoint {
    return times(scalar, point, { x: 0n, y: 1n, z: 1n }, edwards25519.add);
  },
  negate({ x, y, z }: EdwardsPoint): EdwardsPoint {
    return { x: mod(-x, Q), y, z };
  },
  /** Section 5.1.3. @param encoded as a number, little-endian. @throws RangeError when it is no point of the curve. */
  decode(encoded: bigint): EdwardsPoint {
    const sign = encoded >> 255n;
    const y = mod(encoded & (2n ** 255n - 1n), Q);
    const u = mod(y * y - 1n, Q);
    const v = mod(D * y * y + 1n, Q);
    let x = mod(u * power(v, 3n, Q) * power(u * power(v, 7n, Q), (Q - 5n) / 8n, Q), Q);
    if (mod(v * x * x + u, Q) === 0n) x = (x * ROOT_OF_MINUS_ONE) % Q;
    if (mod(v * x * x - u, Q) !== 0n) throw new RangeError("not a point of edwards25519");
    return { x: (x & 1n) === sign ? x : mod(-x, Q), y, z: 1n };
  },
  /** As a number, little-endian. */
  encode({ x, y, z }: EdwardsPoint): bigint {
    const divisor = inverse(z, Q);
    return mod(y * divisor, Q) | ((mod(x * divisor, Q) & 1n) << 255n);
  },
};
