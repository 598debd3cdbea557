export { parseCertificate, parsePemCertificates, type Certificate } from "./certificate.ts";
export { formatTimeStampRequest } from "./request.ts";
export {
  openTimeStamp,
  type StampExpectation,
  type StampFault,
  type StampFaultCode,
  type TimeStamp,
} from "./time-stamp.ts";
